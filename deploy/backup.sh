#!/bin/sh
# Backs up the database of the Compose project: deploy/backup.sh [FILE]. The product goes on meanwhile.
# FILE appears whole or not at all.
set -eu

file=${1:-invoicedash-$(date -u +%Y%m%dT%H%M%SZ).dump}
umask 077
trap 'rm -f "$file.part"' EXIT
# Row-level security hides the secrets of stores from a role that is not a superuser, unless it names the stores.
docker compose exec -T postgres pg_dump --username invoicedash --format custom --enable-row-security \
  --dbname "dbname=invoicedash options=-cinvoicedash.stores=*" > "$file.part"
mv "$file.part" "$file"
echo "backed up to $file ($(wc -c < "$file" | tr -d ' ') bytes)"
