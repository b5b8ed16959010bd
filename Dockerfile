# Møteplassen as one image: web, worker, Chroma server and every command. docs/deploying.md says how it is run.
#   docker build -t moteplassen .                              without what reads scanned documents
#   docker build -t moteplassen:scans --target scans .         with Tesseract: bokmål, nynorsk and English

ARG BASE=debian:bookworm-slim

# What every stage has: Debian's Python, which security updates reach, and the certificates of who is asked over https.
FROM ${BASE} AS base
# Versions are Debian's: a rebuild is how security updates come in.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*

# What is needed to build stays here: uv, its cache and the sources are not in the image.
FROM base AS build
ENV UV_PYTHON_DOWNLOADS=never \
    UV_PYTHON=/usr/bin/python3 \
    UV_PROJECT_ENVIRONMENT=/opt/moteplassen \
    UV_COMPILE_BYTECODE=1 \
    UV_LINK_MODE=copy \
    UV_NO_CACHE=1
WORKDIR /src
COPY .ci/install_uv.py .ci/
RUN python3 .ci/install_uv.py /opt/uv
# The dependencies in a layer of their own: a changed line of code does not bring them in anew.
COPY pyproject.toml uv.lock README.md ./
RUN /opt/uv/bin/uv sync --locked --no-dev --extra postgres --extra s3 --no-install-project
COPY bot bot/
COPY ingest ingest/
COPY knowledge knowledge/
RUN /opt/uv/bin/uv sync --locked --no-dev --extra postgres --extra s3 --no-editable

FROM base AS runtime
# pg_dump and pg_restore, for `moteplassen backup` and `restore`: as old as the server in compose.yaml, or newer.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
RUN useradd --system --uid 10001 --user-group --home-dir /nonexistent --shell /usr/sbin/nologin moteplassen \
    && install -d -o moteplassen -g moteplassen -m 0700 /data
COPY --from=build /opt/moteplassen /opt/moteplassen
ENV PATH=/opt/moteplassen/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    MOTEPLASSEN_DATA_DIR=/data \
    MOTEPLASSEN_HOST=0.0.0.0
USER 10001:10001
# A file .env where the process starts is read: a secret may be mounted as /etc/moteplassen/.env.
WORKDIR /etc/moteplassen
VOLUME /data
EXPOSE 8000
# Of the web process; the others have checks of their own in compose.yaml.
HEALTHCHECK --interval=10s --timeout=5s --start-period=5m --retries=3 \
    CMD ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health', timeout=4)"]
ENTRYPOINT ["moteplassen"]
CMD ["serve"]

FROM runtime AS scans
USER 0
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends tesseract-ocr tesseract-ocr-nor tesseract-ocr-eng \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/*
USER 10001:10001

# The last stage is what is built where none is named.
FROM runtime AS plain
