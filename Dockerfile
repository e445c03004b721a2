# Built on the current LTS; Node 20 is the floor. Two stages: the compiler and the native toolchain stay in the first.
FROM node:24-bookworm-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /saraban
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY src src
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /saraban
COPY --from=build /saraban/node_modules node_modules
COPY --from=build /saraban/dist dist
COPY package.json LICENSE ./
COPY bin bin
COPY profiles profiles
COPY schemas schemas
COPY data data
# One volume holds everything that must outlive the container: settings, trust folder, journal, attachments.
RUN mkdir /var/lib/saraban && chown node:node /var/lib/saraban
VOLUME /var/lib/saraban
USER node
EXPOSE 8080 8443
HEALTHCHECK --interval=30s --timeout=5s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/saraban.js"]
CMD ["start", "--settings", "/var/lib/saraban/saraban.yaml"]
