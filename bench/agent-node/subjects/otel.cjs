// The OpenTelemetry SDK with its batch processor, OTLP over HTTP and the observation of HTTP, all settings at their
// defaults.
"use strict";

let api;
let provider;
let tracer;

exports.start = (sink) => {
  api = require("@opentelemetry/api");
  const { NodeTracerProvider, BatchSpanProcessor } = require("@opentelemetry/sdk-trace-node");
  const { OTLPTraceExporter } = require("@opentelemetry/exporter-trace-otlp-proto");
  const { registerInstrumentations } = require("@opentelemetry/instrumentation");
  const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
  const exporter = new OTLPTraceExporter({ url: `${sink}/v1/traces` });
  provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  provider.register();
  registerInstrumentations({ tracerProvider: provider, instrumentations: [new HttpInstrumentation()] });
  tracer = provider.getTracer("bench");
};

exports.work = () => {
  tracer.startActiveSpan("Checkout", { kind: api.SpanKind.SERVER }, (span) => {
    const attributes = {
      "server.address": "db1",
      "server.port": 5432,
      "db.namespace": "orders",
      "db.system.name": "postgresql",
      "db.query.text": "SELECT * FROM orders WHERE id = ?",
    };
    tracer.startActiveSpan("orders", { kind: api.SpanKind.CLIENT, attributes }, (query) => {
      const headers = {};
      api.propagation.inject(api.context.active(), headers);
      query.end();
    });
    span.setAttribute("customer", "Ada");
    span.setAttribute("cart value", 17.5);
    span.end();
  });
};

exports.bare = () => {
  tracer.startActiveSpan("Checkout", { kind: api.SpanKind.SERVER }, (span) => span.end());
};

exports.drain = () => provider.forceFlush();

exports.stop = () => provider.shutdown();
