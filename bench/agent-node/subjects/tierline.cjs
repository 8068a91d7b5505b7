// Our agent, through the documented API.
"use strict";

let appd;

exports.start = (sink) => {
  appd = require("appdynamics");
  const { hostname, port } = new URL(sink);
  appd.profile({
    applicationName: "Bench",
    tierName: "bench",
    nodeName: "bench-1",
    controllerHostName: hostname,
    controllerPort: port,
    controllerSslEnabled: false,
    accountName: "customer1",
    accountAccessKey: "bench",
  });
};

exports.work = () => {
  const transaction = appd.startTransaction("Checkout");
  const exitCall = transaction.startExitCall({
    exitType: "EXIT_DB",
    label: "orders",
    backendName: "orders",
    identifyingProperties: { Host: "db1", Port: 5432, Database: "orders", Vendor: "POSTGRESQL" },
    command: "SELECT * FROM orders WHERE id = ?",
  });
  const headers = {};
  headers.singularityheader = transaction.createCorrelationInfo(exitCall);
  transaction.endExitCall(exitCall);
  transaction.addSnapshotData("customer", "Ada");
  transaction.addSnapshotData("cart value", 17.5);
  transaction.end();
};

exports.bare = () => appd.startTransaction("Checkout").end();

// There is no queue that could overflow: metrics are added up where they arise.
exports.drain = () => {};

// What is left is delivered when the process ends, which the driver counts.
exports.stop = () => {};
