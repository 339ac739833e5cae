# docker build -t pricecompare .
# docker run --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges \
#     -v pricecompare:/data -p 127.0.0.1:8000:8000 pricecompare
FROM python:3.12-slim-bookworm AS built
COPY . /source
RUN python -m venv /opt/pricecompare \
    && /opt/pricecompare/bin/pip install --no-cache-dir "/source[postgres]"

FROM python:3.12-slim-bookworm
LABEL org.opencontainers.image.title="pricecompare" org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin pricecompare \
    && install --directory --owner=pricecompare --group=pricecompare --mode=0700 /data
COPY --from=built /opt/pricecompare /opt/pricecompare
ENV PATH=/opt/pricecompare/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PRICECOMPARE_DB=/data/prices.db
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["pricecompare"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
