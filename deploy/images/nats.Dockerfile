# The official server with a store that its unprivileged user may write: a named volume takes over the folder's owner.
ARG NATS_IMAGE=nats:2.15-alpine
FROM ${NATS_IMAGE}
RUN mkdir -p /data && chown 10002:10002 /data && chmod 700 /data
USER 10002:10002
