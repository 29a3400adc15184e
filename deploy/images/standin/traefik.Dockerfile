FROM scratch
COPY bin/busybox /bin/busybox
RUN ["/bin/busybox", "sh", "-c", "/bin/busybox mkdir -p /tmp /etc/traefik /usr/local/bin && /bin/busybox --install -s /bin"]
COPY traefik /usr/local/bin/traefik
COPY entrypoint /entrypoint.sh
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
EXPOSE 80
ENTRYPOINT ["/entrypoint.sh"]
CMD ["traefik"]
