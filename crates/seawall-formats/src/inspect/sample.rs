//! One sample, its summary and its reductions: of each what an attempt is judged by.
//!
//! A sample is an object of Inspect's `EvalSample`. Messages and events, which are most of it, are
//! passed over. The id is read here, from the inside, and keeps its type.

mod held;
mod output;
mod score;

pub(super) use held::Held;
pub use held::KEPT_BYTES_MAX;
pub(super) use score::provenance;

use super::scan::{Kind, Scan, Scanned};
use output::answer;
use score::{given, scores};
use seawall_domain::evaluation::attempt::{LimitKind, TaskId};
use seawall_domain::evaluation::log::{
    Answer, Ceilings, Fallback, Observation, Provenance, Reduction, Score, Summary, Usage,
};
use seawall_domain::evaluation::value::{Given, Scalar};
use std::io::Read;
use std::sync::Arc;

/// The longest id, in bytes.
const ID_BYTES_MAX: usize = 4_096;

/// How much of a name or a simple value is kept, in bytes.
pub(super) const VALUE_BYTES_MAX: usize = 256;

/// How many scores one attempt may have, and how many values one score may name.
pub(super) const SCORES_MAX: usize = 200;

/// How many edits of a score and fallbacks of an attempt are kept.
pub(super) const NOTES_MAX: usize = 20;

/// A member of a sample's metadata.
pub(super) type Fact = (Arc<str>, Scalar);

/// The members of samples' metadata that are kept; all others are passed over.
pub(super) struct Fields(Vec<Arc<str>>);

impl Fields {
    pub(super) fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Fields {
        Fields(Vec::new()).with(names)
    }

    /// These and more.
    pub(super) fn with<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Fields {
        let mut fields = Fields(self.0.clone());
        for name in names {
            if fields.get(name).is_none() {
                fields.0.push(name.into());
            }
        }
        fields
    }

    pub(super) fn get(&self, name: &str) -> Option<&Arc<str>> {
        self.0.iter().find(|field| ***field == *name)
    }
}

/// What was read of a sample: everything but its id and epoch may be absent.
#[derive(Default)]
struct Draft {
    id: Option<TaskId>,
    epoch: Option<u32>,
    scores: Vec<Score>,
    facts: Vec<Fact>,
    answer: Answer,
    limit: Option<LimitKind>,
    ceilings: Ceilings,
    turns: Option<u32>,
    broken: bool,
    retries: u32,
    invalidated: Option<Provenance>,
    fallbacks: Vec<Fallback>,
    usage: Usage,
}

impl Draft {
    fn finish(mut self, held: &mut Held) -> Option<Observation> {
        // Many of these are held at once.
        self.scores.shrink_to_fit();
        Some(Observation {
            task: held.id(self.id?),
            epoch: self.epoch?,
            scores: self.scores,
            facts: held.facts(self.facts),
            answer: self.answer,
            limit: self.limit,
            ceilings: held.ceilings(self.ceilings),
            turns: self.turns,
            broken: self.broken,
            retries: self.retries,
            invalidated: self.invalidated.map(Box::new),
            fallbacks: self.fallbacks.into(),
            usage: self.usage,
        })
    }
}

/// Reads a sample; none if it has no id or no epoch, and so is no sample.
pub(super) fn sample<R: Read>(
    scan: &mut Scan<R>,
    fields: &Fields,
    held: &mut Held,
) -> Scanned<Option<Observation>> {
    let mut draft = Draft::default();
    scan.once(&mut |scan, name| {
        match name {
            "id" => draft.id = id(scan)?,
            "epoch" => draft.epoch = epoch(scan)?,
            "scores" => draft.scores = scores(scan, held)?,
            "metadata" => draft.facts = facts(scan, fields, held)?,
            "output" => draft.answer = answer(scan)?,
            "limit" => {
                let (kind, at) = limit(scan)?;
                draft.limit = kind;
                draft.ceilings.stopped_at = at;
            }
            "token_limit" => draft.ceilings.tokens = scan.count()?,
            "message_limit" => draft.ceilings.messages = scan.count()?,
            "time_limit" => draft.ceilings.seconds = scan.count()?,
            "turn_count" => {
                draft.turns = scan.count()?.map(|turns| u32::try_from(turns).unwrap_or(u32::MAX));
            }
            "error" => draft.broken = is_there(scan)?,
            "error_retries" => draft.retries = length(scan)?,
            "invalidation" => draft.invalidated = struck(scan)?,
            "model_fallbacks" => draft.fallbacks = fallbacks(scan)?,
            "model_usage" => draft.usage = usage(scan)?,
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    let seen = draft.finish(held);
    held.add(scan, seen.as_ref().map_or(0, held::of_observation))?;
    Ok(seen)
}

/// Reads the id: a text, or a whole number. Any other value is no id.
pub(super) fn id<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<TaskId>> {
    if scan.kind()? != Kind::Text {
        return Ok(scan.whole()?.map(TaskId::Number));
    }
    match scan.text(ID_BYTES_MAX)? {
        Some(text) if text.whole => Ok(Some(TaskId::Text(text.start.into()))),
        Some(_) => Err(scan.fault(format!("an id is longer than {ID_BYTES_MAX} bytes"))),
        None => Ok(None),
    }
}

fn epoch<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<u32>> {
    Ok(scan.whole()?.and_then(|number| u32::try_from(number).ok()))
}

fn is_there<R: Read>(scan: &mut Scan<R>) -> Scanned<bool> {
    if scan.null()? {
        return Ok(false);
    }
    scan.skip().map(|()| true)
}

/// How many items a list has.
fn length<R: Read>(scan: &mut Scan<R>) -> Scanned<u32> {
    let mut count = 0_u32;
    scan.list(&mut |scan| {
        count = count.saturating_add(1);
        scan.skip()
    })?;
    Ok(count)
}

/// Reads a text of which only a beginning is kept; empty for any other value.
fn words<R: Read>(scan: &mut Scan<R>) -> Scanned<String> {
    Ok(scan.text(VALUE_BYTES_MAX)?.unwrap_or_default().start)
}

fn struck<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<Provenance>> {
    if scan.null()? {
        return Ok(None);
    }
    // Whatever stands there, somebody wanted the attempt out.
    Ok(Some(provenance(scan)?.0.unwrap_or_default()))
}

/// Reads those simple members of metadata that are asked for. Of two by one name the last counts.
pub(super) fn facts<R: Read>(
    scan: &mut Scan<R>,
    fields: &Fields,
    held: &mut Held,
) -> Scanned<Vec<Fact>> {
    let mut facts: Vec<Fact> = Vec::new();
    scan.object(&mut |scan, name| {
        let Some(field) = fields.get(name) else {
            return scan.skip();
        };
        facts.retain(|(other, _)| other != field);
        let value = scan.scalar(VALUE_BYTES_MAX)?;
        facts.extend(value.map(|value| (Arc::clone(field), held.scalar(value))));
        Ok(())
    })?;
    Ok(facts)
}

/// Reads what stopped an attempt, and at how much: an object with a type, or in summaries the type
/// alone.
fn limit<R: Read>(scan: &mut Scan<R>) -> Scanned<(Option<LimitKind>, Option<f64>)> {
    match scan.kind()? {
        Kind::Text => Ok((Some(LimitKind::of(&words(scan)?)), None)),
        Kind::Object => {
            let (mut kind, mut at) = (LimitKind::Other, None);
            scan.object(&mut |scan, name| {
                match name {
                    "type" => kind = LimitKind::of(&words(scan)?),
                    "limit" => {
                        let told = scan.scalar(0)?;
                        at = match told {
                            Some(Scalar::Number(number)) => Some(number),
                            Some(Scalar::Null | Scalar::Flag(_) | Scalar::Text(_)) | None => None,
                        };
                    }
                    _ => scan.skip()?,
                }
                Ok(())
            })?;
            Ok((Some(kind), at))
        }
        Kind::List | Kind::Word => scan.skip().map(|()| (None, None)),
    }
}

fn fallbacks<R: Read>(scan: &mut Scan<R>) -> Scanned<Vec<Fallback>> {
    let mut fallbacks = Vec::new();
    scan.list(&mut |scan| {
        let mut one = Fallback { asked: String::new(), answered: String::new(), count: 1 };
        scan.object(&mut |scan, name| {
            match name {
                "model" => one.asked = words(scan)?,
                "fallback_model" => one.answered = words(scan)?,
                "count" => one.count = scan.count()?.unwrap_or(1),
                _ => scan.skip()?,
            }
            Ok(())
        })?;
        if fallbacks.len() < NOTES_MAX {
            fallbacks.push(one);
        }
        Ok(())
    })?;
    Ok(fallbacks)
}

/// Reads what was spent, all models together.
pub(super) fn usage<R: Read>(scan: &mut Scan<R>) -> Scanned<Usage> {
    let mut sum = Usage::default();
    scan.object(&mut |scan, _| {
        let mut one = Usage::default();
        scan.object(&mut |scan, name| {
            let place = match name {
                "input_tokens" => &mut one.input,
                "output_tokens" => &mut one.output,
                "total_tokens" => &mut one.total,
                "input_tokens_cache_read" => &mut one.cache_read,
                "input_tokens_cache_write" => &mut one.cache_write,
                "reasoning_tokens" => &mut one.reasoning,
                _ => return scan.skip(),
            };
            *place = scan.count()?.unwrap_or(0);
            Ok(())
        })?;
        sum = sum.plus(one);
        Ok(())
    })?;
    Ok(sum)
}

/// Reads a summary; none if it has no id or no epoch.
pub(super) fn summary<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Option<Summary>> {
    let (mut task, mut number, mut scores) = (None, None, Vec::new());
    let (mut broken, mut stopped, mut tokens) = (false, None, None);
    scan.object(&mut |scan, name| {
        match name {
            "id" => task = id(scan)?,
            "epoch" => number = epoch(scan)?,
            "scores" => {
                let read = score::scores(scan, held)?.into_iter();
                scores = read.map(|score| (score.scorer, score.value)).collect();
            }
            "error" => broken = is_there(scan)?,
            "limit" => stopped = limit(scan)?.0,
            "model_usage" => tokens = Some(usage(scan)?.total),
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    let key = task.map(|task| held.id(task)).zip(number);
    let summary = key.map(|(task, epoch)| {
        let scores = held.scores(scores);
        Summary { task, epoch, scores, broken, limit: stopped, tokens }
    });
    held.add(scan, summary.as_ref().map_or(0, |_| size_of::<Summary>()))?;
    Ok(summary)
}

/// Reads the reductions: what the attempts at each task come to, by scorer and reducer.
pub(super) fn reductions<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Vec<Reduction>> {
    let mut reductions = Vec::new();
    scan.list(&mut |scan| {
        let mut one = Reduction { scorer: String::new(), reducer: None, tasks: Vec::new() };
        scan.object(&mut |scan, name| {
            match name {
                "scorer" => one.scorer = words(scan)?,
                "reducer" => {
                    one.reducer = scan.text(VALUE_BYTES_MAX)?.map(|text| text.start);
                }
                "samples" => scan.list(&mut |scan| {
                    if let Some((task, given)) = reduced(scan, held)? {
                        held.add(scan, held::of_reduced(&given))?;
                        one.tasks.push((task, given));
                    }
                    Ok(())
                })?,
                _ => scan.skip()?,
            }
            Ok(())
        })?;
        if reductions.len() < SCORES_MAX {
            one.tasks.shrink_to_fit();
            reductions.push(one);
        }
        Ok(())
    })?;
    Ok(reductions)
}

fn reduced<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Option<(TaskId, Given)>> {
    let (mut task, mut value) = (None, None);
    scan.object(&mut |scan, name| {
        match name {
            "sample_id" => task = id(scan)?.map(|task| held.id(task)),
            "value" => value = Some(given(scan, held)?),
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    Ok(task.zip(value))
}
