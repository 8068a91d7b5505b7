//! The subject: this repository's agent.

use std::hint::black_box;
use std::sync::Arc;

use tierline::{Core, ExitCall};
use tierline_model::{AgentConfig, AgentIdentity, ExitType, Incarnation, Language};

/// The properties that tell the database apart.
pub const PROPERTIES: [(&str, &str); 4] =
    [("HOST", "db.example.com"), ("PORT", "5432"), ("DATABASE", "orders"), ("VENDOR", "POSTGRESQL")];
/// What is done there.
pub const OPERATION: &str = "SELECT * FROM orders WHERE id = $1";

/// A core with the default configuration, past the first looks of its reporter.
pub fn core() -> Arc<Core> {
    let text = Arc::from;
    let identity = AgentIdentity {
        application: text("shop"),
        tier: text("front"),
        node: text("node-1"),
        incarnation: Incarnation([7; 16]),
        language: Language::Rust,
        agent_version: text("0.1.0"),
        runtime_version: text(""),
        host_name: text(""),
        os_type: text("linux"),
        process_id: 1,
    };
    let core = Core::new(identity, "customer1", AgentConfig::default());
    // What the reporter does every few seconds: after the second look the core may read the processor's counter.
    core.check_running();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    core.check_running();
    core
}

/// W0: a BT begun and ended.
pub fn w0(core: &Arc<Core>) {
    let bt = core.begin(black_box("/store/checkout"), None);
    bt.end();
}

/// W: one BT, one exit call with four identifying properties and an operation, two user data, one correlation
/// header, both ends.
pub fn w(core: &Arc<Core>, header: &mut String) {
    let bt = core.begin(black_box("/store/checkout"), None);
    let backend = core.backend(&ExitType::Db, "orders", black_box(&PROPERTIES));
    let exit = bt.begin_exit(ExitCall {
        exit_type: ExitType::Db,
        display_name: "orders",
        backend: &backend,
        operation: Some(black_box(OPERATION)),
        optional_properties: &[],
    });
    if let Some(exit) = exit {
        header.clear();
        exit.correlation_header(false, header);
        black_box(&header);
        exit.end();
    }
    bt.add_user_data("customer", black_box("C-123456"));
    bt.add_user_data("basket", black_box("3 items"));
    bt.end();
}
