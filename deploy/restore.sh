#!/bin/sh
# Restores what deploy/backup.sh wrote: deploy/restore.sh FILE. The restored database gets an epoch of its own, so that no
# screen resumes with sequence numbers of another time, and is audited at the end.
# A file that cannot be restored changes nothing; the database that was there stays beside it as invoicedash_before.
set -eu

file=${1:?name the file to restore}
[ -r "$file" ] || { echo "$file cannot be read; name a file that deploy/backup.sh wrote" >&2; exit 1; }

postgres() {
  docker compose exec -T postgres "$@"
}

sql() {
  database=$1
  shift
  postgres psql --username invoicedash --dbname "$database" --quiet --no-psqlrc --set ON_ERROR_STOP=1 "$@" < /dev/null
}

postgres dropdb --username invoicedash --if-exists --force invoicedash_restored < /dev/null
postgres createdb --username invoicedash --template template0 invoicedash_restored < /dev/null
trap 'postgres dropdb --username invoicedash --if-exists --force invoicedash_restored < /dev/null' EXIT
postgres pg_restore --username invoicedash --dbname invoicedash_restored --no-owner --exit-on-error < "$file"
sql invoicedash_restored -c "UPDATE streaming_installation SET epoch = replace(gen_random_uuid()::text, '-', '')"
trap - EXIT

docker compose stop nginx web worker beat pacer loops flower
sql postgres -c "DROP DATABASE IF EXISTS invoicedash_before WITH (FORCE)"
sql postgres -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'invoicedash'" > /dev/null
sql postgres -c "ALTER DATABASE invoicedash RENAME TO invoicedash_before"
sql postgres -c "ALTER DATABASE invoicedash_restored RENAME TO invoicedash"
docker compose up --detach --wait
docker compose run --rm -T migrate python manage.py audit
echo "restored; the database that was there before is invoicedash_before"
