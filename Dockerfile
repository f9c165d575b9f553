FROM python:3.11-slim

RUN useradd --create-home --uid 10001 rapport \
    && mkdir /data && chown rapport:rapport /data

WORKDIR /app

# The packages change seldom, so they have a layer of their own; every one is checked against its hash.
COPY run requirements.txt requirements-pip.txt ./
RUN RAPPORT_VENV=/opt/rapport ./run setup

COPY . .
RUN /opt/rapport/bin/python -m compileall -q analytics bot campaigns crm_store ingest

ENV PATH=/opt/rapport/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DATABASE_URL=sqlite:////data/rapport.db \
    CRM_WEB_HOST=0.0.0.0 \
    PORT=8080 \
    SMTP_HOST=0.0.0.0 \
    SMTP_PORT=2525

USER rapport
VOLUME /data
EXPOSE 8080 2525
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=4)"]

# One process does everything; `crm web`, `crm ingest` and `crm worker` split it up, `crm migrate` goes first.
CMD ["sh", "-c", "crm migrate && exec crm serve"]
