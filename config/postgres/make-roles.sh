#!/bin/sh
# Run once by the postgres image, when its data folder is empty: the roles and the database of roles.sql.
set -eu
psql -v ON_ERROR_STOP=1 --no-psqlrc --username "${POSTGRES_USER:-postgres}" --dbname postgres \
  -v owner_password="$(cat /run/secrets/database_owner_password)" \
  -v service_password="$(cat /run/secrets/database_service_password)" \
  -f /etc/steward/roles.sql
