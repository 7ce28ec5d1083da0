# Stage 1 makes the environment and static/vendor with the same command that everyone runs; --slim leaves out what only that needs.
FROM python:3.13-slim AS build
WORKDIR /gradlight
COPY dev.py hatch_build.py pyproject.toml package.json package-lock.json .npmrc LICENSE README.md ./
COPY requirements requirements
COPY static static
RUN python3 dev.py setup --slim
COPY . .

# Stage 2 only runs it. The same base and the same path, so the environment stays whole.
FROM python:3.13-slim
RUN useradd --system --create-home --uid 10001 gradlight && install --directory --owner=gradlight /data
COPY --from=build /gradlight /gradlight
WORKDIR /gradlight
USER gradlight
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 GRADLIGHT_STORE=/data/runs.sqlite3
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD [".venv/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD [".venv/bin/python", "-m", "app", "serve", "--host", "0.0.0.0", "--port", "8000"]
