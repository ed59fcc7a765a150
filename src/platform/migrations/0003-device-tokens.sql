-- An external broker must be told the tokens again after it has lost them, in the clear. They are kept sealed
-- (AES-256-GCM, src/access/token-vault.ts) beside the SHA-256 that the embedded broker compares with.
create table device_token (
  device_id text primary key references device on delete cascade,
  -- which key opens it: the beginning of the key's SHA-256
  key_id text not null,
  -- nonce, tag and ciphertext, base64
  sealed text not null,
  sealed_at timestamptz not null default now()
);
