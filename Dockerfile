# One process, no build step: Node.js runs the sources as they are.
#   docker build -t keywright .
#   docker run -p 3000:3000 -v keywright:/data -e KEYWRIGHT_URL=https://login.example.com keywright
# What npm installs is the same for both stages' platform; only the first has npm at work.
FROM node:26-bookworm-slim AS dependencies
WORKDIR /keywright
COPY package.json package-lock.json .npmrc ./
COPY packages/server/package.json packages/server/
COPY packages/client/package.json packages/client/
COPY demo/package.json demo/
COPY e2e/package.json e2e/
# The image brings Node.js: the copy of it that npm would install is one of the optional dependencies.
RUN npm ci --omit=dev --omit=optional --workspace=packages/server --include-workspace-root --ignore-scripts

FROM node:26-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 KEYWRIGHT_DATABASE=sqlite:/data/keywright.db
WORKDIR /keywright
COPY --from=dependencies /keywright ./
COPY LICENSE ./
COPY examples/tenant.yaml examples/
COPY packages/server/src packages/server/src
# Compiled once here instead of at every first start; and a folder for the database that the unprivileged user may write.
RUN node packages/server/src/main.js --help > /dev/null && install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 3000
# HEAD, so that nothing but the status travels.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`,{method:'HEAD'}).then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "packages/server/src/main.js"]
