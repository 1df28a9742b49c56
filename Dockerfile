# syntax=docker/dockerfile:1
# The image runs as an unprivileged user with a read-only root; state is in /var/lib/warmline, sockets in /run/warmline.
#   docker build -t warmline .
#   docker run --read-only --tmpfs /run/warmline:uid=10001,mode=0700 -v warmline:/var/lib/warmline \
#     -v ./warmline.yaml:/etc/warmline/warmline.yaml:ro -p 80:8080 warmline
# In the configuration: listen.http 0.0.0.0:8080, directories.state /var/lib/warmline, directories.run /run/warmline.

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.mjs && npm prune --omit=dev --omit=optional

FROM node:24-bookworm-slim
RUN apt-get update \
  && apt-get install -y --no-install-recommends tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -o 10001 -g 10001 -m 0700 /var/lib/warmline /run/warmline
WORKDIR /app
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY src src
USER 10001:10001
ENV NODE_ENV=production
EXPOSE 8080 8081
VOLUME /var/lib/warmline
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s \
  CMD ["node", "src/main.ts", "healthcheck", "--config", "/etc/warmline/warmline.yaml"]
ENTRYPOINT ["tini", "--", "node", "src/main.ts"]
CMD ["run", "--config", "/etc/warmline/warmline.yaml"]
LABEL org.opencontainers.image.title="Warmline" org.opencontainers.image.licenses="Apache-2.0"
