//! Where an answer looks: one application of one account, over one time.

use tierline_model::AppId;
use tierline_store::{
    Dimension, Dimensions, Entities, MetricFamily, MetricFilter, MetricQuery, MetricRow, Step, Store,
    StoreError, TimeRange,
};

use crate::resolution::Resolutions;
use crate::{backends_admin, overlay};

/// One application of one account, over one time.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Where the data are.
    pub store: &'a dyn Store,
    /// The account.
    pub account: &'a str,
    /// The application.
    pub app_id: AppId,
    /// The time.
    pub range: TimeRange,
}

/// A question within a scope.
#[derive(Clone, Debug)]
pub struct Question {
    /// Which numbers.
    pub family: MetricFamily,
    /// How time is cut.
    pub step: Step,
    /// What stays apart.
    pub group_by: Dimensions,
    /// What counts.
    pub filter: MetricFilter,
    /// Whether rows carry histograms.
    pub with_histogram: bool,
}

impl Question {
    /// A question about BT segments: one row for everything, until said otherwise.
    #[must_use]
    pub fn segments() -> Self {
        Self {
            family: MetricFamily::Segments,
            step: Step::Whole,
            group_by: Dimensions::NONE,
            filter: MetricFilter::default(),
            with_histogram: false,
        }
    }

    /// A question about exit calls.
    #[must_use]
    pub fn exits() -> Self {
        Self { family: MetricFamily::Exits, ..Self::segments() }
    }

    /// What stays apart.
    #[must_use]
    pub const fn by(mut self, dimensions: &[Dimension]) -> Self {
        self.group_by = Dimensions::of(dimensions);
        self
    }

    /// One row per step.
    #[must_use]
    pub const fn step_minutes(mut self, minutes: u32) -> Self {
        self.step = Step::Minutes(minutes);
        self
    }

    /// What counts.
    #[must_use]
    pub const fn only(mut self, filter: MetricFilter) -> Self {
        self.filter = filter;
        self
    }

    /// Rows carry histograms.
    #[must_use]
    pub const fn with_histogram(mut self) -> Self {
        self.with_histogram = true;
        self
    }
}

impl Scope<'_> {
    /// Asks the store.
    ///
    /// # Errors
    /// When the store cannot be read or the answer would be too large.
    pub fn ask(&self, question: Question) -> Result<Vec<MetricRow>, StoreError> {
        self.store.metrics(
            self.account,
            &MetricQuery {
                app_id: self.app_id,
                family: question.family,
                range: self.range,
                step: question.step,
                group_by: question.group_by,
                filter: question.filter,
                with_histogram: question.with_histogram,
            },
        )
    }

    /// The application's entities as people see them (see [`overlay::entities`]).
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entities(&self) -> Result<Entities, StoreError> {
        overlay::entities(self.store, self.account, self.app_id, Some(self.range))
    }

    /// Which backend is which tier, from what is stored and from who was called through what in this time.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn resolutions(&self, entities: &Entities) -> Result<Resolutions, StoreError> {
        let continuing = MetricFilter { originating: Some(false), ..MetricFilter::default() };
        let rows =
            self.ask(Question::segments().by(&[Dimension::Tier, Dimension::Backend]).only(continuing))?;
        let mut resolutions = Resolutions::new(entities, &rows);
        resolutions.decide(&backends_admin::load(self.store, self.account, self.app_id)?);
        Ok(resolutions)
    }
}
