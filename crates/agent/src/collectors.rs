//! Data collectors: what the configuration wants kept of a detected request (facts/agent-api 4.7).

use std::sync::atomic::Ordering;

use tierline_model::CollectedValue;
use tierline_model::detection::Request;
use tierline_model::name::clean_bt_name;

use crate::recorder::Core;
use crate::transaction::BtHandle;

impl Core {
    /// Adds what data collectors want of a request to the user data of its BT, which detection called `name`.
    ///
    /// ```
    /// use std::borrow::Cow;
    /// use tierline_model::{AgentConfig, CollectedValue, DataCollector, detection::Request};
    ///
    /// struct Checkout;
    /// impl Request for Checkout {
    ///     fn method(&self) -> &str { "POST" }
    ///     fn path(&self) -> &str { "/checkout" }
    ///     fn query(&self) -> &str { "coupon=bread" }
    ///     fn header(&self, _name: &str) -> Option<Cow<'_, str>> { None }
    /// }
    /// # let core = tierline::doc_core();
    /// let coupon = DataCollector {
    ///     name: "Coupon".to_owned(),
    ///     value: CollectedValue::Parameter { name: "coupon".to_owned() },
    ///     bts: Vec::new(),
    ///     disabled: false,
    /// };
    /// core.set_config(AgentConfig { data_collectors: vec![coupon], ..AgentConfig::default() });
    /// let bt = core.begin("/checkout", None);
    /// core.collect_request(&bt, "/checkout", &Checkout);
    /// bt.end();
    /// let segments = core.take_segments(1 << 20);
    /// assert_eq!(&*segments[0].user_data[0].1, "bread");
    /// ```
    pub fn collect_request(&self, bt: &BtHandle, name: &str, request: &dyn Request) {
        if self.has_collectors.load(Ordering::Relaxed) {
            self.collect(bt, &clean_bt_name(name), |value| value.of(request));
        }
    }

    /// Adds the status of the answer, where a data collector wants that. Must come before the end of the BT.
    pub fn collect_status(&self, bt: &BtHandle, status: u16) {
        if self.has_collectors.load(Ordering::Relaxed) {
            let status = status.to_string();
            self.collect(bt, &bt.name().unwrap_or_default(), |value| {
                (*value == CollectedValue::Status).then_some(std::borrow::Cow::Borrowed(status.as_str()))
            });
        }
    }

    #[cold]
    fn collect<'a>(
        &self,
        bt: &BtHandle,
        name: &str,
        value_of: impl Fn(&CollectedValue) -> Option<std::borrow::Cow<'a, str>>,
    ) {
        for collector in self.config.load().data_collectors.iter().filter(|one| one.applies_to(name)) {
            if let Some(value) = value_of(&collector.value) {
                bt.add_user_data(&collector.name, &value);
            }
        }
    }
}
