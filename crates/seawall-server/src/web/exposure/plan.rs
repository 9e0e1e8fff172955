//! The hours that somebody has this week, out of an address, and the plan for them.

use super::today::language;
use crate::pages::Lang;
use crate::pages::today::{Plan as Page, Time};
use seawall_matching::plan::{Budget, Hours, HoursFault, Plan, WINDOWS_MAX, Why, Window};
use seawall_services::today::List;

/// How many fields the form has for times in which things may be down.
const WINDOW_FIELDS: usize = 2;

/// How many letters of what was written are shown again.
const WRITTEN_LEN_MAX: usize = 12;

/// How many lines of a plan are shown.
const LINES_MAX: usize = 50;

/// Hours as somebody wrote them; what has another name in the address is not for us.
#[derive(Debug, Default)]
pub struct Wish {
    hours: String,
    windows: Vec<String>,
}

impl Wish {
    /// What an address asks for.
    pub fn of(pairs: &[(String, String)]) -> Wish {
        let named = |name: &'static str| {
            let pairs = pairs.iter().filter(move |(key, _)| key == name);
            pairs.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
        };
        let cut = |text: &str| text.chars().take(WRITTEN_LEN_MAX).collect::<String>();
        Wish {
            hours: named("hours").next().map(cut).unwrap_or_default(),
            windows: named("window").take(WINDOWS_MAX).map(cut).collect(),
        }
    }

    /// The query that asks for the same again; empty where nothing is asked or it makes no sense.
    pub fn query(&self) -> String {
        let again = |name: &str, text: &String| {
            text.parse::<Hours>().map(|hours| format!("{name}={hours}")).ok()
        };
        let hours = again("hours", &self.hours);
        let windows = self.windows.iter().filter_map(|window| again("window", window));
        hours
            .map(|hours| [hours].into_iter().chain(windows).collect::<Vec<_>>().join("&"))
            .unwrap_or_default()
    }

    fn budget(&self) -> Result<Option<Budget>, HoursFault> {
        if self.hours.is_empty() {
            return Ok(None);
        }
        let window = |text: &String| {
            let minutes = text.parse::<Hours>()?.minutes();
            Ok(Window { name: String::new(), minutes })
        };
        let windows = self.windows.iter().map(window).collect::<Result<_, _>>()?;
        Ok(Some(Budget { minutes: self.hours.parse::<Hours>()?.minutes(), windows }))
    }

    /// The form with what was written, and the plan where one can be made.
    pub fn time(&self, list: &List, lang: Lang) -> Time {
        if list.items.is_empty() {
            return Time::default();
        }
        let mut windows = self.windows.clone();
        windows.resize(windows.len().max(WINDOW_FIELDS), String::new());
        let form = Time { hours: self.hours.clone(), windows, ..Time::default() };
        match self.budget() {
            Ok(None) => form,
            Ok(Some(budget)) => match list.plan(&budget) {
                Ok(plan) => Time { plan: Some(shown(&plan, lang)), ..form },
                Err(_) => Time { fault: Some(fault(HoursFault::TooMany, lang)), ..form },
            },
            Err(why) => Time { fault: Some(fault(why, lang)), ..form },
        }
    }
}

fn fault(fault: HoursFault, lang: Lang) -> String {
    match fault {
        HoursFault::NotANumber => lang.say(
            "Write the hours as a number, such as 6 or 1.5.",
            "Escriba las horas con un número, como 6 o 1,5.",
        ),
        HoursFault::TooMany => lang.say(
            "That is too much: a week has 168 hours.",
            "Es demasiado: una semana tiene 168 horas.",
        ),
    }
    .to_owned()
}

fn shown(plan: &Plan<usize>, lang: Lang) -> Page {
    let language = language(lang);
    let mut summary = plan.summary(language);
    // A plan that leaves something so urgent begins with a warning.
    let warning = (plan.urgent_left() > 0 && !summary.is_empty()).then(|| summary.remove(0));
    if plan.budget.windows.is_empty() && plan.left.iter().any(|left| left.why == Why::NoWindow) {
        let none = lang.say(
            "You named no time when things may be down, so what must stop is left.",
            "No dijo cuándo se puede parar, así que queda lo que tiene que parar.",
        );
        summary.push(none.to_owned());
    }
    // The list of the page numbers the steps, and its heading says what is left.
    let steps = plan.steps_text(language).into_iter().map(|line| after(line, ". "));
    let left = plan.left_text(language).into_iter().map(|line| after(line, ": "));
    Page {
        warning,
        summary,
        steps: steps.take(LINES_MAX).collect(),
        more_steps: plan.steps.len().saturating_sub(LINES_MAX),
        left: left.take(LINES_MAX).collect(),
        more_left: plan.left.len().saturating_sub(LINES_MAX),
    }
}

fn after(line: String, mark: &str) -> String {
    line.split_once(mark).map(|(_, rest)| rest.to_owned()).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pairs: &[(&str, &str)], query: &str, minutes: Result<Option<u32>, HoursFault>) {
        let pairs: Vec<(String, String)> =
            pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let wish = Wish::of(&pairs);
        assert_eq!(wish.query(), query, "{pairs:?}");
        assert_eq!(wish.budget().map(|budget| budget.map(|b| b.minutes)), minutes, "{pairs:?}");
    }

    #[test]
    fn an_address_asks_for_a_plan_or_for_none() {
        check(&[], "", Ok(None));
        check(&[("lang", "es"), ("hours", " ")], "", Ok(None));
        check(&[("hours", "6")], "hours=6", Ok(Some(360)));
        check(&[("hours", "1,5"), ("window", "")], "hours=1.5", Ok(Some(90)));
        let two = [("hours", "6"), ("window", "2"), ("window", "0.5"), ("other", "7")];
        check(&two, "hours=6&window=2&window=0.5", Ok(Some(360)));
        check(&[("hours", "six")], "", Err(HoursFault::NotANumber));
        check(&[("hours", "6"), ("window", "&x=y")], "hours=6", Err(HoursFault::NotANumber));
        check(&[("hours", "169")], "", Err(HoursFault::TooMany));
        check(&[("window", "2")], "", Ok(None));
    }
}
