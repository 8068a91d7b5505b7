// The loop itself and the arguments it makes, without any agent: what every row contains.
"use strict";

let seen = 0;

/** Where the others do their work. */
function call(...given) {
  seen += given.length;
}

exports.start = () => {};

exports.work = () => {
  call("Checkout");
  call({
    exitType: "EXIT_DB",
    label: "orders",
    backendName: "orders",
    identifyingProperties: { Host: "db1", Port: 5432, Database: "orders", Vendor: "POSTGRESQL" },
    command: "SELECT * FROM orders WHERE id = ?",
  });
  const headers = {};
  call(headers);
  call("customer", "Ada");
  call("cart value", 17.5);
};

exports.bare = () => call("Checkout");

exports.drain = () => seen;

exports.stop = () => {};
