//! A transaction that is not kept allocates nothing. Alone in its process: the allocator is the test's.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use tierline::{Core, ExitType};
use tierline_model::{AgentConfig, AgentIdentity, Incarnation, Language};

struct Counting;

thread_local!(static ALLOCATIONS: Cell<u64> = const { Cell::new(0) });

fn count() {
    let _ = ALLOCATIONS.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: passes everything on to the system's allocator and counts beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as the caller promised.
        unsafe { System.realloc(memory, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn core() -> Arc<Core> {
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
    Core::new(identity, "customer1", AgentConfig::default())
}

/// The unit of work of the targets, under one of forty names.
fn work(core: &Arc<Core>, names: &[String], round: usize, header: &mut String) {
    let bt = core.begin(&names[round % names.len()], None);
    let identity =
        [("HOST", "db.example.com"), ("PORT", "5432"), ("DATABASE", "orders"), ("VENDOR", "POSTGRESQL")];
    let exit = bt.begin_exit_to(&ExitType::Db, "orders", &identity, Some("SELECT 1"), &[("rows", "1")]);
    let exit = exit.expect("none is active");
    header.clear();
    assert!(exit.correlation_header(false, header));
    exit.end();
    bt.add_user_data("customer", "C-123456");
    bt.add_user_data("basket", "3 items");
    bt.end();
}

#[test]
fn nothing_is_allocated_in_steady_state() {
    let core = core();
    let names: Vec<String> = (0..40).map(|i| format!("/store/page/{i}")).collect();
    let mut header = String::new();
    (0..1_000).for_each(|round| work(&core, &names, round, &mut header));
    let kept = core.segments_waiting().0;
    let before = ALLOCATIONS.get();
    (0..40_000).for_each(|round| work(&core, &names, round, &mut header));
    let allocations = ALLOCATIONS.get() - before;
    // On a busy machine some are slow and therefore kept, which allocates; so does a histogram that meets a
    // new bucket: a few per name.
    let kept = core.segments_waiting().0 - kept;
    let allowed = 40 * 2 * 8 + kept as u64 * 100;
    assert!(allocations <= allowed, "{allocations} allocations, {kept} kept");
}
