//! Who is told: the controller, or any OTLP end point, or both.

use crate::http::Endpoint;
use crate::link::Link;
use crate::settings::Settings;

/// The servers of these settings.
pub struct Targets {
    /// Takes numbers and snapshots.
    pub data: Link,
    /// The controller's OpAMP when the data goes elsewhere.
    pub separate_control: Option<Link>,
    /// Whether there is an OpAMP to talk to at all.
    pub has_control: bool,
}

impl Targets {
    /// `None` when the settings name nobody.
    #[must_use]
    pub fn of(settings: &Settings) -> Option<Self> {
        let controller = Endpoint::of_controller(settings)
            .filter(|_| settings.access_key.is_some())
            .map(|endpoint| Link::new(endpoint, controller_headers(settings)));
        let otlp = Endpoint::of_otlp(settings).map(|endpoint| Link::new(endpoint, otlp_headers(settings)));
        match (otlp, controller) {
            (Some(otlp), controller) => {
                Some(Self { data: otlp, has_control: controller.is_some(), separate_control: controller })
            }
            (None, Some(controller)) => {
                Some(Self { data: controller, has_control: true, separate_control: None })
            }
            (None, None) => None,
        }
    }

    /// The way to the controller's OpAMP.
    pub fn control(&mut self) -> Option<&mut Link> {
        match &mut self.separate_control {
            Some(link) => Some(link),
            None => self.has_control.then_some(&mut self.data),
        }
    }

    /// Names where the data goes, so that what waits for one place is never sent to another.
    #[must_use]
    pub fn key(settings: &Settings) -> String {
        let place = Endpoint::of_otlp(settings).or_else(|| Endpoint::of_controller(settings));
        let place = place.map(|endpoint| format!("{}{}", endpoint.authority(), endpoint.base_path));
        let application = settings.application.as_deref().unwrap_or_default();
        crate::directory::key(&[&place.unwrap_or_default(), &settings.account, application])
    }
}

fn controller_headers(settings: &Settings) -> Vec<(String, String)> {
    let key = settings.access_key.as_ref().map(|key| key.reveal().to_owned()).unwrap_or_default();
    // Names hold no control characters (clean_name), so this cannot break out of its line.
    vec![
        ("x-tierline-access-key".to_owned(), key),
        ("x-tierline-account".to_owned(), settings.account.clone()),
    ]
}

/// A standard end point gets its own headers and never the account's key.
fn otlp_headers(settings: &Settings) -> Vec<(String, String)> {
    settings.otlp_headers.iter().map(|(name, value)| (name.clone(), value.reveal().to_owned())).collect()
}
