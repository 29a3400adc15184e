#!/bin/bash
# Run once by the entry point when the cluster is created: a role and a database for each service, which no other role can
# use. A service's role owns its database and can't connect to another's.
set -euo pipefail
for name in ${PARTYWALL_DATABASES:?}; do
    secret="DATABASE_${name^^}_PASSWORD"
    psql --no-psqlrc -v ON_ERROR_STOP=1 -q --username "${POSTGRES_USER:-postgres}" --dbname postgres \
        -v name="$name" -v password="${!secret:?}" <<'SQL'
CREATE ROLE :"name" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT 60 PASSWORD :'password';
ALTER ROLE :"name" SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE :"name" SET statement_timeout = '15min';
ALTER ROLE :"name" SET temp_file_limit = '4GB';
CREATE DATABASE :"name" OWNER :"name";
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
\connect :"name"
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO :"name";
SQL
done
psql --no-psqlrc -v ON_ERROR_STOP=1 -q --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    -c 'REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC'
