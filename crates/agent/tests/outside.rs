//! Executions recorded outside of the core: the same numbers, the same decision and the same segment as for a handle.

use std::sync::Arc;

use tierline::Core;
use tierline::outside::{Counted, Ended, ExitDetails, Head, OTHER_TRAFFIC, Outside};
use tierline_model::{
    AgentConfig, AgentIdentity, CapturePolicy, ErrorRecord, ExitType, Incarnation, Language, SegmentKind,
    Threshold, Verdict,
};

fn core_of(tier: &str, config: AgentConfig) -> Arc<Core> {
    let text = Arc::from;
    let identity = AgentIdentity {
        application: text("shop"),
        tier: Arc::from(tier),
        node: text("node-1"),
        incarnation: Incarnation([7; 16]),
        language: Language::Nodejs,
        agent_version: text("0.1.0"),
        runtime_version: text(""),
        host_name: text(""),
        os_type: text("linux"),
        process_id: 1,
    };
    Core::new(identity, "customer1", config)
}

fn quiet() -> AgentConfig {
    let mut config = AgentConfig::default();
    config.snapshots.periodic_interval_s = 0;
    config.thresholds.slow = Threshold::Static { ms: 10.0 };
    config.thresholds.very_slow = Threshold::Static { ms: 20.0 };
    config.thresholds.stall = Threshold::Static { ms: 30.0 };
    config
}

const MS: u64 = 1_000_000;

#[test]
fn what_is_counted_is_reported_and_adds_up() {
    let core = core_of("front", quiet());
    let mut outside = Outside::new(core.clone(), "main");
    let (a, b) = (outside.name("/a"), outside.name("/b"));
    assert_eq!(outside.name("/a"), a);
    let backend = outside.backend(&ExitType::Db, "orders", &[("Host", "db"), ("Port", "1")]);
    let ended = |entry| Counted::Ended { entry, duration_ns: MS };
    let exit = |failed| Counted::Exit { entry: a, backend, duration_ns: MS, failed };
    outside.count(300, (0..100).flat_map(|_| [ended(a), exit(false), ended(b), exit(true)]));
    let report = core.drain_interval(0, 60_000);
    let ledger = &report.ledger;
    assert_eq!((ledger.begun, ledger.ended, ledger.in_flight, ledger.exit_calls), (300, 200, 100, 200));
    let counts: Vec<u64> = report.segments.iter().map(|s| s.verdicts.total()).collect();
    assert_eq!(counts, [100, 100]);
    assert_eq!((report.exits[0].duration.count(), report.exits[0].errors), (200, 100));
    outside.count(0, (0..100).map(|_| ended(b)));
    assert_eq!(core.drain_interval(0, 60_000).ledger.in_flight, 0);
}

#[test]
fn thresholds_verdicts_and_errors_are_those_of_every_execution() {
    let core = core_of("front", quiet());
    let mut outside = Outside::new(core.clone(), "main");
    let entry = outside.name("/a");
    assert_eq!(outside.asked(entry), None, "there is no periodic sample");
    let published = outside.published(entry).unwrap();
    assert_eq!((published.slow_ns, published.stall_ns, published.due_in_ns), (10 * MS, 30 * MS, u64::MAX));
    let fate = |ms: u64, failed: bool| {
        let ended = Ended { entry, duration_ns: ms * MS, failed, ..Ended::default() };
        outside.finish(1, &ended).map(|fate| (fate.verdict, fate.policy))
    };
    let sla = CapturePolicy::SlaFailure;
    assert_eq!(fate(1, false), None);
    assert_eq!(fate(11, false), Some((Verdict::Slow, sla)));
    assert_eq!(fate(21, false), Some((Verdict::VerySlow, sla)));
    assert_eq!(fate(31, false), Some((Verdict::Stall, sla)));
    assert_eq!(fate(31, true), Some((Verdict::Error, CapturePolicy::ErrorSampling)));
    let asked = Ended { entry, asked: Some(CapturePolicy::OnDemand), ..Ended::default() };
    assert_eq!(outside.finish(1, &asked).map(|fate| fate.policy), Some(CapturePolicy::OnDemand));
    let ledger = core.drain_interval(0, 60_000).ledger;
    assert_eq!((ledger.begun, ledger.ended), (6, 6));
}

#[test]
fn the_first_execution_of_a_name_is_due_once() {
    let core = core_of("front", AgentConfig::default());
    let mut outside = Outside::new(core.clone(), "main");
    let entry = outside.name("/a");
    assert_eq!(outside.published(entry).unwrap().due_in_ns, 0);
    assert_eq!(outside.asked(entry), Some(CapturePolicy::TimeSampling));
    assert_eq!(outside.asked(entry), None);
    assert!(outside.published(entry).unwrap().due_in_ns > 500_000 * MS);
}

#[test]
fn a_kept_execution_has_everything_in_it() {
    let core = core_of("front", quiet());
    let mut outside = Outside::new(core.clone(), "the loop");
    let entry = outside.name("/a");
    let backend = outside.backend(&ExitType::Http, "stock", &[("HOST", "stock"), ("PORT", "80")]);
    let ended = Ended { entry, duration_ns: 50 * MS, failed: true, ..Ended::default() };
    let fate = outside.finish(1, &ended).unwrap();
    let guid = outside.guid();
    let head =
        Head { fate: Some(fate), age_ns: 60 * MS, guid: Some(guid), exits_dropped: 3, ..Head::default() };
    outside.begin_details(&ended, &head);
    outside.add_user_data("basket", "3 items");
    let error = |name: &str| ErrorRecord { type_name: name.into(), message: "m".into(), stack: "s".into() };
    outside.add_error(error("TypeError"));
    let exit = ExitDetails {
        number: 1,
        backend,
        offset_ns: MS,
        duration_ns: 2 * MS,
        ended: true,
        failed: false,
        display_name: "Stock",
        operation: "http://stock/items",
        properties: &[("Method", "GET")],
    };
    outside.add_exit(&exit, vec![]);
    // Numbers may have gaps: a call that `beforeExitCall` suppressed after it had made a header.
    let second = ExitDetails { number: 3, failed: true, ended: false, ..exit };
    outside.add_exit(&second, vec![error("ECONNREFUSED")]);
    assert!(core.take_segments(1 << 20).is_empty(), "not before it is complete");
    outside.complete();
    let segment = core.take_segments(1 << 20).remove(0);
    assert_eq!((segment.guid, segment.verdict, &*segment.thread), (guid, Verdict::Error, "the loop"));
    assert_eq!((segment.duration_ns, segment.exit_calls_dropped), (50 * MS, 3));
    assert_eq!(segment.kind, SegmentKind::Internal);
    assert_eq!(segment.user_data, [(Arc::from("basket"), Arc::from("3 items"))]);
    assert_eq!(&*segment.errors[0].type_name, "TypeError");
    let [first, second] = &segment.exit_calls[..] else { panic!("{segment:?}") };
    assert_eq!((&*first.sequence, first.ended, first.duration_ns), ("1", true, 2 * MS));
    assert_eq!((&*first.display_name, &*first.operation), ("Stock", "http://stock/items"));
    assert_eq!(&*first.optional_properties[0].value, "GET");
    assert_eq!((&*second.sequence, second.ended), ("3", false));
    assert_eq!(second.duration_ns, 49 * MS, "a call that never ended lasts until the end");
    assert_eq!(&*second.errors[0].type_name, "ECONNREFUSED");
    assert!(core.memory_bytes() < 4 << 20);
}

#[test]
fn a_stall_in_flight_is_replaced_by_its_end() {
    let core = core_of("front", quiet());
    let mut outside = Outside::new(core.clone(), "main");
    let entry = outside.name("/a");
    let running = Ended { entry, duration_ns: 40 * MS, ..Ended::default() };
    outside.begin_details(&running, &Head { age_ns: 40 * MS, guid: Some(outside.guid()), ..Head::default() });
    let span_id = outside.complete();
    assert!(span_id.is_some());
    let ended = Ended { stalled: true, duration_ns: 5 * MS, ..running };
    let fate = outside.finish(1, &ended);
    assert_eq!(fate.map(|fate| fate.verdict), Some(Verdict::Stall), "a stall it stays");
    outside.begin_details(&ended, &Head { fate, span_id, age_ns: 50 * MS, ..Head::default() });
    outside.complete();
    let segments = core.take_segments(1 << 20);
    assert_eq!(segments.len(), 1);
    assert!(!segments[0].in_flight && Some(segments[0].span_id) == span_id);
}

/// The header a handle of `tier` makes.
fn header_of(core: &Arc<Core>) -> String {
    let bt = core.begin("/checkout", None);
    let backend = core.backend(&ExitType::Http, "front", &[("HOST", "front")]);
    let exit = bt.begin_exit(tierline::ExitCall {
        display_name: "front",
        backend: &backend,
        operation: None,
        optional_properties: &[],
    });
    let mut header = String::new();
    assert!(exit.unwrap().correlation_header(false, &mut header));
    header
}

#[test]
fn headers_and_trace_context_continue_what_they_came_from() {
    let upstream = core_of("edge", quiet());
    let header = header_of(&upstream);
    let core = core_of("front", quiet());
    let mut outside = Outside::new(core.clone(), "main");
    let direct = outside.incoming("/x", &header).unwrap();
    let mut context = String::new();
    Outside::trace_context(&header, &mut context);
    // A service in between that knows only spans: its own parent, our member passed on.
    let (parent, state) = context.split_once('\n').unwrap();
    let between = format!("\n{}-b7ad6b7169203331-01\nvendor=x,{state}", &parent[..35]);
    let over = outside.incoming("/x", &between).unwrap();
    let behind = format!("{}|{}", direct.sequence, 0xb7ad_6b71_6920_3331_u64);
    assert_eq!((over.guid, &*over.sequence), (direct.guid, behind.as_str()));
    assert_ne!(over.entry, direct.entry, "the same BT, but not through the backend that the edge called");
    // Only spans know of it: a new BT in the same trace.
    let bare = outside.incoming("/x", &format!("\n{parent}\n")).unwrap();
    assert_eq!((bare.entry, bare.guid), (outside.name("/x"), direct.guid));
    assert_ne!(bare.entry, direct.entry);
    // What is put together outside has the same parent: that of the exit call by its number.
    let mut spans = String::new();
    Outside::exit_spans(&direct.guid, "", 1, 3, &mut spans);
    assert_eq!((spans.len(), &parent[36..52]), (48, &spans[..16]));
    for text in ["", "x", "\n\n", "\nx\nappd=1", "notxdetect=true", "appId=1*btid=2"] {
        assert!(outside.incoming("/x", text).is_none() && !outside.understands(text), "{text:?}");
    }
    let ended = Ended { entry: over.entry, failed: true, ..Ended::default() };
    let fate = outside.finish(1, &ended);
    outside.begin_details(&ended, &Head { fate, origin: &between, ..Head::default() });
    outside.complete();
    let segment = core.take_segments(1 << 20).remove(0);
    assert_eq!(segment.guid, direct.guid);
    assert_eq!(segment.parent_span_id.unwrap().to_string(), "b7ad6b7169203331");
    let caller = segment.caller.unwrap();
    assert_eq!((caller.tier_id, caller.backend_id), (upstream.identity().tier_id(), None));
    assert_eq!(segment.kind, SegmentKind::Server);
}

#[test]
fn a_header_put_together_is_the_one_the_core_makes() {
    let core = core_of("edge", quiet());
    let made = header_of(&core);
    let mut outside = Outside::new(core, "main");
    let entry = outside.name("/checkout");
    let backend = outside.backend(&ExitType::Http, "front", &[("HOST", "front")]);
    let field = |name: &str| made.split('*').find_map(|pair| pair.strip_prefix(name)).unwrap();
    let put_together = format!(
        "{}{}{}{}*exitguid=1{}",
        outside.header_prefix(),
        field("ts="),
        outside.header_part(entry),
        field("guid="),
        outside.header_end(backend, false),
    );
    assert_eq!(put_together, made);
    assert!(outside.header_end(backend, true).ends_with("*donotresolve=true"));
}

#[test]
fn names_beyond_the_limit_are_other_traffic_and_hot_ones_get_a_number() {
    let mut config = quiet();
    config.limits.bts_max = 2;
    let core = core_of("front", config);
    let mut outside = Outside::new(core.clone(), "main");
    let (a, b) = (outside.name("/a"), outside.name("/b"));
    assert!(a != OTHER_TRAFFIC && b != OTHER_TRAFFIC && a != b);
    let epoch = outside.epoch();
    for round in 1..=10 {
        for _ in 0..1_000 {
            let hot = outside.name("/hot");
            outside.count(1, [Counted::Ended { entry: hot, duration_ns: MS }]);
        }
        let report = core.drain_interval(0, round * 60_000);
        let verdicts: u64 = report.segments.iter().map(|s| s.verdicts.total()).sum();
        assert_eq!((verdicts, report.ledger.ended), (1_000, 1_000));
    }
    assert_ne!(outside.epoch(), epoch);
    assert_ne!(outside.name("/hot"), OTHER_TRAFFIC);
    // A number that was taken back is given again; one that was never given counts as All Other Traffic.
    outside.release(a);
    outside.release(a);
    outside.release(OTHER_TRAFFIC);
    assert_eq!(outside.published(a), None);
    outside.count(2, [a, 4_000_000].map(|entry| Counted::Ended { entry, duration_ns: MS }));
    assert_eq!(core.drain_interval(0, 60_000).ledger.other_traffic, 2);
}

#[test]
fn a_core_that_ended_is_seen() {
    let core = core_of("front", quiet());
    let outside = Outside::new(core.clone(), "main");
    assert!(outside.is_open());
    core.end_all();
    assert!(!outside.is_open());
}
