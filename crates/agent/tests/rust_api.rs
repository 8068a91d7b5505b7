//! The Rust API against a recording controller: one story, because a process has one agent.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tierline::{Config, CorrelationHeader, ExitType, active_bt, init, scope, shutdown, start_bt};
use tierline_model::{Segment, Verdict};
use tierline_testkit::recording::RecordingController;

/// Gives way once.
struct YieldOnce(bool);

impl Future for YieldOnce {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn guards() {
    let bt = start_bt("/guards", None).expect("init was called");
    assert!(start_bt("/second", None).is_none(), "one per execution context");
    assert_eq!(active_bt().as_ref(), Some(&*bt));
    std::thread::spawn(|| {
        assert!(active_bt().is_none(), "another thread is another context");
        start_bt("/other thread", None).expect("its own").end();
    })
    .join()
    .expect("the thread is fine");
    bt.add_snapshot_data("basket", "3 items");
    let identity = [("HOST", "db.example"), ("PORT", "5432")];
    let exit = bt.exit_call(ExitType::Db, "orders", &identity, Some("SELECT 1"), &[("rows", "1")]);
    let header = exit.as_ref().and_then(|exit| exit.correlation_header()).expect("correlation is on");
    assert_eq!(header.name(), "singularityheader");
    drop(exit);
    let handle = bt.handle();
    std::thread::spawn(move || {
        handle.run(|| active_bt().expect("inside").add_snapshot_data("thread", "yes"))
    })
    .join()
    .expect("the thread is fine");
    drop(bt);
    assert!(active_bt().is_none());
    let next = start_bt("/next tier", Some(&header)).expect("nothing is active");
    next.keep();
    assert!(header.contains(&next.guid().expect("it runs").to_string()));
    next.end();
    let _odd = start_bt("/odd header", Some(&CorrelationHeader::from("what?"))).expect("nothing is active");
}

fn errors() {
    let bt = start_bt("/fails", None).expect("nothing is active");
    let exit = bt.exit_call(ExitType::Http, "payment", &[("HOST", "pay.example")], None, &[]);
    exit.expect("none is active").fail(&std::io::Error::other("connection refused"));
    let cause = "x".parse::<u32>().expect_err("no number");
    bt.fail(&std::io::Error::new(std::io::ErrorKind::InvalidData, cause));
    let panicked = std::panic::catch_unwind(|| {
        let _bt = start_bt("/panics", None).expect("nothing is active");
        std::panic::resume_unwind(Box::new("on purpose"));
    });
    assert!(panicked.is_err());
    assert!(start_bt("/after the panic", None).is_some());
}

fn futures() {
    let task = |name: &'static str| {
        scope(async move {
            assert!(active_bt().is_none());
            let bt = start_bt(name, None).expect("a context of its own");
            YieldOnce(false).await;
            assert_eq!(active_bt().as_ref(), Some(&*bt), "still its own after the other task ran");
            assert!(start_bt("/nested", None).is_none());
            bt.end();
        })
    };
    let (mut one, mut two) = (pin!(task("/task one")), pin!(task("/task two")));
    let mut context = Context::from_waker(Waker::noop());
    assert!(one.as_mut().poll(&mut context).is_pending());
    assert!(two.as_mut().poll(&mut context).is_pending());
    assert!(active_bt().is_none(), "nothing leaks to the thread");
    assert!(one.as_mut().poll(&mut context).is_ready());
    assert!(two.as_mut().poll(&mut context).is_ready());

    let bt = start_bt("/moved", None).expect("nothing is active");
    let mut inside = Box::pin(bt.in_scope(async {
        active_bt().expect("it moved inside").add_snapshot_data("inside", "yes");
        YieldOnce(false).await;
        assert!(active_bt().is_some());
    }));
    assert!(active_bt().is_none(), "it moved away from here");
    assert!(inside.as_mut().poll(&mut context).is_pending());
    // Another thread polls on: the context went along.
    std::thread::scope(|threads| {
        let polled =
            threads.spawn(|| inside.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready());
        assert!(polled.join().expect("the thread is fine"));
    });
    bt.end();
}

fn find<'a>(segments: &'a [Segment], name: &str) -> &'a Segment {
    let named = |s: &&Segment| s.bt.origin.as_ref().is_some_and(|o| &*o.name == name);
    segments.iter().find(named).unwrap_or_else(|| panic!("{name} is missing"))
}

#[test]
fn a_program_with_guards_reports_what_it_did() {
    assert!(start_bt("/too early", None).is_none());
    assert!(!init(Config::from_environment().set("APPDYNAMICS_AGENT_APPLICATION_NAME", "shop")));
    let controller = RecordingController::start().expect("loopback");
    let directory = tempfile::tempdir().expect("a directory");
    let config = Config::new("shop", "front", "front-1")
        .controller("127.0.0.1", controller.port())
        .access_key("key")
        .report_interval(Duration::from_millis(200))
        .set("APPDYNAMICS_AGENT_BASE_DIR", &directory.path().to_string_lossy());
    assert!(init(config.clone()) && init(config));
    guards();
    errors();
    futures();
    assert!(shutdown(Some(Duration::from_secs(10))));
    assert!(start_bt("/too late", None).is_none());

    let segments: Vec<Segment> = controller.segments().into_iter().map(|(_, segment)| segment).collect();
    let guards = find(&segments, "/guards");
    assert_eq!(guards.verdict, Verdict::Normal);
    assert_eq!(guards.user_data.len(), 2);
    assert_eq!(guards.exit_calls.len(), 1);
    let continued = segments.iter().find(|s| s.caller.is_some()).expect("the next tier");
    assert_eq!((continued.guid, continued.bt.id), (guards.guid, guards.bt.id));
    let fails = find(&segments, "/fails");
    assert_eq!(fails.verdict, Verdict::Error);
    assert_eq!(&*fails.errors[0].type_name, "Error");
    assert!(fails.errors[0].message.contains("invalid digit"), "{:?}", fails.errors);
    assert_eq!(&*fails.exit_calls[0].errors[0].message, "connection refused");
    assert_eq!(&*find(&segments, "/panics").errors[0].type_name, "panic");
    assert_eq!(&*find(&segments, "/moved").user_data[0].0, "inside");
    for name in ["/other thread", "/odd header", "/after the panic", "/task one", "/task two"] {
        assert!(!find(&segments, name).abandoned, "{name}");
    }
    assert_eq!(controller.ended(), segments.len() as u64, "each ran once and the first of each is kept");
}
