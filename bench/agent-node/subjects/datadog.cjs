// dd-trace with its defaults, less what is no tracing: telemetry, remote configuration, crash tracking.
"use strict";

let tracer;

exports.start = (sink) => {
  Object.assign(process.env, {
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: "false",
    DD_REMOTE_CONFIGURATION_ENABLED: "false",
    DD_CRASHTRACKING_ENABLED: "false",
    DD_TRACE_STARTUP_LOGS: "false",
    DD_TRACE_AGENT_URL: sink,
    DD_SERVICE: "bench",
  });
  tracer = require("dd-trace").init();
};

exports.work = () => {
  tracer.trace("web.request", { resource: "Checkout", type: "web" }, (span) => {
    const tags = {
      "out.host": "db1",
      "network.destination.port": 5432,
      "db.name": "orders",
      "db.system": "postgresql",
    };
    const resource = "SELECT * FROM orders WHERE id = ?";
    tracer.trace("postgres.query", { resource, type: "sql", tags }, (query) => {
      const headers = {};
      tracer.inject(query, "http_headers", headers);
    });
    span.setTag("customer", "Ada");
    span.setTag("cart value", 17.5);
  });
};

exports.bare = () => {
  tracer.trace("web.request", { resource: "Checkout", type: "web" }, () => {});
};

// There is no public call that waits until everything left; this is what its own tests use.
const flush = () => new Promise((done) => tracer._tracer._exporter.flush(done));

exports.drain = flush;

exports.stop = flush;
