//! Agent configuration as it comes from a controller or from the cache on disk.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tierline_model::{AgentConfig, Moments};
use tierline_wire::opamp::RemoteConfig;

fuzz_target!(|json: &[u8]| {
    let offered = RemoteConfig { hash: Vec::new(), json: json.to_vec() };
    let Ok(config) = offered.parse() else { return };
    let mut window = Moments::default();
    for policy in std::iter::once(&config.thresholds).chain(config.bt_thresholds.values()) {
        let _ = policy.in_force(&window);
        window.add(1.5);
        let _ = policy.in_force(&window);
    }
    let again = RemoteConfig::of(&config).expect("what was read can be written");
    assert_eq!(again.parse().expect("and read again"), config);
    let _: AgentConfig = config;
});
