# Two images: `server` for web, default worker and beat; `grader` for the grading workers, which
# run next to hostile code and hold nothing but the grader.

ARG PYTHON=python:3.13-slim-bookworm

FROM node:22-bookworm-slim AS front-end
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend ./
RUN npm run build


FROM ${PYTHON} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
# pip is for building alone: what nothing needs, nothing can misuse.
COPY requirements/grader.txt requirements/
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements/grader.txt


FROM packages AS server-packages
COPY requirements/server.txt requirements/
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r requirements/server.txt \
    && /opt/venv/bin/pip uninstall --yes pip


FROM packages AS grader-packages
RUN /opt/venv/bin/pip uninstall --yes pip


FROM ${PYTHON} AS grader
# bubblewrap puts up the outer walls, libseccomp makes the filters of the inner ones.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap libseccomp2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin grader
COPY --from=grader-packages /opt/venv /opt/venv
COPY grader /opt/minima/grader
WORKDIR /opt/minima
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
CMD ["python", "-m", "celery", "--quiet", "--app=grader.worker", "worker", "--hostname=grader@%h", \
     "--queues=run,grading,batch,regrade", "--pool=solo", "--loglevel=warning", \
     "--without-gossip", "--without-mingle", "--without-heartbeat"]
# Puts the walls up and lets an honest program run inside: 0 only when all of them stand.
HEALTHCHECK --interval=60s --timeout=30s --start-period=30s --retries=3 \
    CMD ["python", "-m", "grader", "check"]


FROM ${PYTHON} AS server
# Pango and HarfBuzz lay out the text of PDF files.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10000 --no-create-home --shell /usr/sbin/nologin minima \
    && install --directory --owner=10000 --group=10000 --mode=700 /var/lib/minima
COPY --from=server-packages /opt/venv /opt/venv
COPY manage.py /opt/minima/
COPY grader /opt/minima/grader
COPY questions /opt/minima/questions
COPY assessments /opt/minima/assessments
COPY config /opt/minima/config
COPY --from=front-end /build/dist /opt/minima/frontend/dist
WORKDIR /opt/minima
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/opt/minima/static VAR_DIR=/var/lib/minima
RUN SECRET_KEY=only-for-this-step VAR_DIR=/tmp/var python manage.py collectstatic --noinput \
    && rm -rf /tmp/var \
    && python -m compileall -q /opt/minima
USER 10000:10000
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "--config=config/gunicorn.py"]
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/healthz', timeout=8)"]
