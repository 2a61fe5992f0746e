# syntax=docker/dockerfile:1
# The image of every process: web, worker, jobs, beat, pacer, loops, flower and the one-shot migration. It runs as nobody special,
# writes nothing outside /tmp and its volume, and holds neither a compiler nor the embedded servers of `make run`.

FROM node:22-slim AS browser
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && mkdir -p node_modules

FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements.lock deploy/image_lock.py ./
# Everything in the lock is pinned by hash, so nothing is resolved here, and only wheels are taken: no code runs.
RUN python image_lock.py < requirements.lock > image.lock \
    && pip install --require-hashes --no-deps --only-binary :all: -r image.lock \
    && pip check \
    && rm image_lock.py image.lock
COPY . .
COPY --from=browser /app/node_modules ./node_modules
# The static files get names with their content's hash; node_modules is not needed after that.
RUN INVOICEDASH_OPEN=0 python manage.py collectstatic --noinput \
    && rm -rf node_modules \
    && python -m compileall -q .

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin invoicedash \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/invoicedash
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONNODEBUGRANGES=1 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_MMAP_THRESHOLD_=1048576 \
    HOME=/tmp \
    HOST=0.0.0.0 \
    PORT=8000 \
    INVOICEDASH_OPEN=0 \
    INVOICEDASH_DATA_DIR=/var/lib/invoicedash
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "runtime.serve"]
