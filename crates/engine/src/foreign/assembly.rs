//! From spans to segments: where each begins, what lies in it, who called it, which BT it belongs to.

use std::collections::HashMap;
use std::sync::Arc;

use tierline_model::foreign::{Entry, Exit, Role};
use tierline_model::interval::Caller;
use tierline_model::limits::EXIT_SEQUENCE_BYTES_MAX;
use tierline_model::trace_context::{TraceParent, read_member};
use tierline_model::{Backend, BtRef, CorrelationHeader, Guid, SpanId};

use super::memory::{Memory, Place, linked};
use super::{Held, Process, TraceKey};

/// One tier's part, its spans by their number in the trace.
#[derive(Debug)]
pub(super) struct SegmentDraft {
    pub(super) span: usize,
    pub(super) bt: BtRef,
    pub(super) caller: Option<Caller>,
    pub(super) sequence: Arc<str>,
    /// Exit calls by start.
    pub(super) exits: Vec<usize>,
    /// INTERNAL spans, and entries within the entry.
    pub(super) inside: Vec<usize>,
    /// The tier before asked to keep the request.
    pub(super) wanted: bool,
    /// A rule excludes it: it is not counted, not kept, and what it calls begins anew.
    pub(super) excluded: bool,
}

/// A trace, put together.
#[derive(Debug, Default)]
pub(super) struct Assembled {
    pub(super) spans: Vec<Held>,
    pub(super) segments: Vec<SegmentDraft>,
    /// Exit calls of segments that were decided before.
    pub(super) late_exits: Vec<(usize, Place)>,
    /// Exit calls whose segment never came.
    pub(super) lost_exits: Vec<usize>,
    /// Exit calls outside of any segment: start-up, pollers.
    pub(super) outside: u64,
    /// The backend of each exit call that counts.
    pub(super) backends: HashMap<usize, Backend>,
    /// For each span the segment it lies in.
    pub(super) owners: Vec<Option<usize>>,
    /// For each exit call that counts, its number in its segment.
    numbers: HashMap<usize, usize>,
}

/// What only a tier's state can tell.
pub(super) trait Namer {
    /// The BT that begins with this; `None` when a rule excludes it.
    fn bt(&mut self, process: &Process, entry: &Entry) -> Option<BtRef>;
    /// The backend of a call.
    fn backend(&mut self, process: &Process, exit: &Exit) -> Backend;
}

enum Parent {
    None,
    Here(usize),
    Decided(Place),
    Missing,
}

/// Where going up within the process ends.
#[derive(Clone)]
enum Top {
    /// At a span that begins a segment, or at least has nothing above it.
    At(usize),
    /// In a segment that was decided before.
    Decided(Place),
    /// Below something that never came.
    Lost,
    /// In a circle.
    Nowhere,
}

struct Shape {
    parents: Vec<Parent>,
    begins: Vec<bool>,
    tops: Vec<Option<Top>>,
    /// Whether a span lies within an exit call of its process.
    under_exit: Vec<bool>,
}

/// Puts the spans of a trace together.
pub(super) fn assemble(
    key: &TraceKey,
    account: Guid,
    spans: Vec<Held>,
    memory: &Memory,
    namer: &mut dyn Namer,
) -> Assembled {
    let shape = Shape::of(key, &spans, memory);
    let mut assembled = Assembled { owners: vec![None; spans.len()], spans, ..Assembled::default() };
    assembled.place_spans(&shape, namer);
    assembled.name_segments(key, account, &shape, namer);
    assembled
}

fn is_exit(held: &Held) -> bool {
    matches!(held.span.role, Role::Exit(_))
}

fn same_process(one: &Process, other: &Process) -> bool {
    one.agent.incarnation == other.agent.incarnation
}

impl Shape {
    fn of(key: &TraceKey, spans: &[Held], memory: &Memory) -> Self {
        let index: HashMap<SpanId, usize> =
            spans.iter().enumerate().map(|(number, held)| (held.span.span_id, number)).collect();
        let parents: Vec<Parent> = spans
            .iter()
            .map(|held| match held.span.parent {
                None => match held.span.link {
                    // A consumer may follow the message it handles instead of being its child.
                    Some((guid, span)) if matches!(held.span.role, Role::Entry(_)) => memory
                        .place(&linked(key, guid), span)
                        .map_or(Parent::None, |p| Parent::Decided(p.clone())),
                    _ => Parent::None,
                },
                Some(parent) => match (index.get(&parent), memory.place(key, parent)) {
                    (Some(number), _) => Parent::Here(*number),
                    (None, Some(place)) => Parent::Decided(place.clone()),
                    (None, None) => Parent::Missing,
                },
            })
            .collect();
        let mut shape = Self {
            begins: Vec::new(),
            tops: vec![None; spans.len()],
            under_exit: vec![false; spans.len()],
            parents,
        };
        shape.begins = (0..spans.len()).map(|number| shape.begins(spans, number)).collect();
        for number in 0..spans.len() {
            shape.climb(spans, number);
        }
        // A root inside is a BT (a background job) when something leaves the tier under it.
        for number in 0..spans.len() {
            if let Some(held) = spans.get(number)
                && is_exit(held)
                && let Some(Some(Top::At(top))) = shape.tops.get(number)
                && let Some(root) = spans.get(*top)
                && matches!(root.span.role, Role::Inside(_))
                && root.span.parent.is_none()
                && let Some(begins) = shape.begins.get_mut(*top)
            {
                *begins = true;
            }
        }
        shape
    }

    /// A request or message begins a segment unless the same process was already in it; something inside does when
    /// another process called it.
    fn begins(&self, spans: &[Held], number: usize) -> bool {
        let (Some(held), Some(parent)) = (spans.get(number), self.parents.get(number)) else { return false };
        let from_elsewhere = match parent {
            Parent::None | Parent::Missing => None,
            Parent::Here(caller) => spans
                .get(*caller)
                .map(|caller| is_exit(caller) || !same_process(&caller.process, &held.process)),
            Parent::Decided(place) => {
                Some(place.backend_id.is_some() || !same_process(&place.process, &held.process))
            }
        };
        match held.span.role {
            Role::Entry(_) => from_elsewhere.unwrap_or(true),
            Role::Inside(_) => match parent {
                Parent::Here(caller) => {
                    spans.get(*caller).is_some_and(|caller| !same_process(&caller.process, &held.process))
                }
                Parent::Decided(place) => !same_process(&place.process, &held.process),
                _ => false,
            },
            Role::Exit(_) => false,
        }
    }

    /// Finds the top of a span, and of all on the way.
    fn climb(&mut self, spans: &[Held], from: usize) {
        let mut path = Vec::new();
        let mut on_path = std::collections::HashSet::new();
        let mut at = from;
        let top = loop {
            if let Some(Some(known)) = self.tops.get(at) {
                break known.clone();
            }
            if !on_path.insert(at) {
                break Top::Nowhere;
            }
            path.push(at);
            if self.begins.get(at).copied().unwrap_or(false) {
                break Top::At(at);
            }
            match self.parents.get(at) {
                Some(Parent::Here(parent)) => at = *parent,
                Some(Parent::Decided(place))
                    if spans.get(at).is_some_and(|held| same_process(&held.process, &place.process)) =>
                {
                    break Top::Decided(place.clone());
                }
                Some(Parent::None) => break Top::At(at),
                _ => break Top::Lost,
            }
        };
        for number in path.into_iter().rev() {
            let under = match self.parents.get(number) {
                Some(Parent::Here(parent)) if !self.begins.get(number).copied().unwrap_or(false) => {
                    spans.get(*parent).is_some_and(is_exit)
                        || self.under_exit.get(*parent).copied().unwrap_or(false)
                }
                _ => false,
            };
            if let (Some(slot), Some(under_exit)) =
                (self.tops.get_mut(number), self.under_exit.get_mut(number))
            {
                *slot = Some(top.clone());
                *under_exit = under;
            }
        }
    }

    /// The exit call that counts for a span that called: the outermost one around it.
    fn calling(&self, spans: &[Held], from: usize) -> usize {
        let mut at = from;
        while self.under_exit.get(at).copied().unwrap_or(false)
            && let Some(Parent::Here(parent)) = self.parents.get(at)
        {
            at = *parent;
            if spans.get(at).is_some_and(is_exit) && !self.under_exit.get(at).copied().unwrap_or(false) {
                break;
            }
        }
        at
    }
}

impl Assembled {
    /// Makes the segments and puts every span into its own.
    fn place_spans(&mut self, shape: &Shape, namer: &mut dyn Namer) {
        let mut segment_of = HashMap::new();
        for (number, begins) in shape.begins.iter().enumerate() {
            if *begins && let Some(held) = self.spans.get(number) {
                segment_of.insert(number, self.segments.len());
                self.segments.push(SegmentDraft {
                    span: number,
                    bt: BtRef { id: unknown_bt(&held.process), app_id: held.process.app_id, origin: None },
                    caller: None,
                    sequence: Arc::from(""),
                    exits: Vec::new(),
                    inside: Vec::new(),
                    wanted: false,
                    excluded: false,
                });
            }
        }
        for (number, held) in self.spans.iter().enumerate() {
            let counts = is_exit(held) && !shape.under_exit.get(number).copied().unwrap_or(false);
            if counts && let Role::Exit(exit) = &held.span.role {
                self.backends.insert(number, namer.backend(&held.process, exit));
            }
            match shape.tops.get(number).cloned().flatten() {
                Some(Top::At(top)) => match segment_of.get(&top).copied() {
                    Some(segment) => {
                        if let Some(owner) = self.owners.get_mut(number) {
                            *owner = Some(segment);
                        }
                        if let Some(draft) = self.segments.get_mut(segment) {
                            if counts {
                                draft.exits.push(number);
                            } else if number != draft.span {
                                draft.inside.push(number);
                            }
                        }
                    }
                    None => self.outside += u64::from(counts),
                },
                Some(Top::Decided(place)) if counts => self.late_exits.push((number, place)),
                Some(Top::Lost) if counts => self.lost_exits.push(number),
                _ => {}
            }
        }
        for draft in &mut self.segments {
            draft.exits.sort_by_key(|number| {
                self.spans.get(*number).map(|held| (held.span.start_unix_ns, held.span.span_id))
            });
            self.numbers.extend(draft.exits.iter().enumerate().map(|(place, number)| (*number, place + 1)));
        }
    }

    /// Callers first, so that every segment finds the BT of its caller. A circle begins where it is entered.
    fn name_segments(&mut self, key: &TraceKey, account: Guid, shape: &Shape, namer: &mut dyn Namer) {
        let mut done = vec![false; self.segments.len()];
        let mut entered = vec![false; self.segments.len()];
        for first in 0..self.segments.len() {
            let mut path = vec![first];
            while let Some(segment) = path.last().copied() {
                let caller = self.calling_segment(shape, segment);
                match caller {
                    Some(caller)
                        if !done.get(caller).copied().unwrap_or(true)
                            && !entered.get(caller).copied().unwrap_or(true) =>
                    {
                        if let Some(entered) = entered.get_mut(caller) {
                            *entered = true;
                        }
                        path.push(caller);
                    }
                    _ => {
                        if done.get(segment) == Some(&false) {
                            let known = caller.filter(|caller| done.get(*caller) == Some(&true));
                            self.name_segment(key, account, shape, segment, known, namer);
                        }
                        if let Some(done) = done.get_mut(segment) {
                            *done = true;
                        }
                        path.pop();
                    }
                }
            }
        }
    }

    /// The segment that the caller of `segment` lies in.
    fn calling_segment(&self, shape: &Shape, segment: usize) -> Option<usize> {
        let span = self.segments.get(segment)?.span;
        match shape.parents.get(span)? {
            Parent::Here(parent) => self.owners.get(*parent).copied().flatten(),
            _ => None,
        }
    }

    fn name_segment(
        &mut self,
        key: &TraceKey,
        account: Guid,
        shape: &Shape,
        segment: usize,
        caller_segment: Option<usize>,
        namer: &mut dyn Namer,
    ) {
        let Some(held) = self.segments.get(segment).and_then(|draft| self.spans.get(draft.span)) else {
            return;
        };
        let span_number = self.segments.get(segment).map_or(0, |draft| draft.span);
        let process = Arc::clone(&held.process);
        let header = correlation(key, account, held).filter(|header| header.app_id == process.app_id);
        let wanted = header.as_ref().is_some_and(|header| header.snapshot);
        let found = match shape.parents.get(span_number) {
            Some(Parent::Here(parent)) => caller_segment.and_then(|caller| {
                let calling = shape.calling(&self.spans, *parent);
                let draft = self.segments.get(caller).filter(|draft| !draft.excluded)?;
                let tier = self.spans.get(calling)?.process.tier_id;
                let backend = self.backends.get(&calling).map(|backend| backend.id);
                let sequence = self.numbers.get(&calling).map_or_else(
                    || Arc::clone(&draft.sequence),
                    |number| following(&draft.sequence, *number),
                );
                Some((
                    (draft.bt.id, draft.bt.app_id),
                    Caller { tier_id: tier, backend_id: backend },
                    sequence,
                    draft.wanted,
                ))
            }),
            Some(Parent::Decided(place)) => Some((
                (place.bt_id, place.bt_app_id),
                Caller { tier_id: place.process.tier_id, backend_id: place.backend_id },
                Arc::clone(&place.sequence),
                false,
            )),
            _ => None,
        };
        let by_header = header.as_ref().map(|header| {
            let mut caller = header.caller();
            if held.span.parent != Some(header.parent_span_id()) {
                // Somebody who does not report stands in between.
                caller.backend_id = None;
            }
            ((header.bt_id, header.app_id), caller, Arc::clone(&header.exit_sequence), wanted)
        });
        // Another application begins a BT of its own, as behind our agents.
        let found = found.filter(|((_, app_id), ..)| *app_id == process.app_id).or(by_header);
        let bt = match (&found, &held.span.role) {
            // An exit call begins no segment.
            (Some(_), _) | (None, Role::Exit(_)) => None,
            (None, Role::Entry(entry) | Role::Inside(entry)) => Some(namer.bt(&process, entry)),
        };
        let Some(draft) = self.segments.get_mut(segment) else { return };
        draft.wanted = wanted;
        match found {
            Some(((id, app_id), caller, sequence, wanted)) => {
                draft.bt = BtRef { id, app_id, origin: None };
                draft.caller = Some(caller);
                draft.sequence = sequence;
                draft.wanted |= wanted;
            }
            None => match bt.flatten() {
                Some(bt) => draft.bt = bt,
                None => draft.excluded = true,
            },
        }
    }

    /// The sequence of an exit call.
    pub(super) fn sequence(&self, draft: &SegmentDraft, exit: usize) -> Arc<str> {
        following(&draft.sequence, self.numbers.get(&exit).copied().unwrap_or(0))
    }
}

/// What our agent in front wrote into `tracestate`.
fn correlation(key: &TraceKey, account: Guid, held: &Held) -> Option<CorrelationHeader> {
    let state = held.span.trace_state.as_deref()?;
    let parent = TraceParent { guid: key.guid, span_id: held.span.parent? };
    read_member(state, &parent, account)
}

/// Whether the parent of a span is an exit call of our agent, which never comes as a foreign span.
pub(super) fn is_called_by_ours(key: &TraceKey, account: Guid, held: &Held) -> bool {
    correlation(key, account, held).is_some_and(|header| held.span.parent == Some(header.parent_span_id()))
}

/// The number of an exit call after the sequence of its segment. Too deep ones share their segment's.
fn following(sequence: &Arc<str>, number: usize) -> Arc<str> {
    let text = if sequence.is_empty() { number.to_string() } else { format!("{sequence}|{number}") };
    if text.len() > EXIT_SEQUENCE_BYTES_MAX { Arc::clone(sequence) } else { Arc::from(text) }
}

/// Until the BT is known.
fn unknown_bt(process: &Process) -> tierline_model::BtId {
    tierline_model::BtId::other_traffic(&process.agent.application, &process.agent.tier)
}
