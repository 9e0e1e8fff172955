//! Two installations from one seed and one clock, and everything that anybody can ask of them.

use super::asking::House;
use super::routes::{is_own, routes};
use seawall_domain::access::Actor;
use seawall_domain::advisory::Advisory;
use seawall_domain::case::Case;
use seawall_domain::finding::Finding;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_services::advisory;
use seawall_services::desk::Chance;
use seawall_testkit::world::life::{Extras, Left};
use seawall_testkit::world::{Sequence, TARGETS, World, must};
use std::collections::BTreeMap;
use std::sync::Arc;

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// What is tried by name of what an outsider cannot know of, with a body each.
const TRIED: [(&str, &str); 9] = [
    ("POST /v1/engagements/ENGAGEMENT/steps", r#"{"step":"withdraw"}"#),
    ("POST /v1/engagements/ENGAGEMENT/steps", r#"{"step":"advise","opinion":"hm"}"#),
    ("POST /v1/engagements/ENGAGEMENT/steps", r#"{"step":"decline"}"#),
    ("POST /v1/evaluations/EVALUATION/steps", r#"{"step":"agree"}"#),
    ("POST /v1/partners/PARTNER/steps", r#"{"step":"sign"}"#),
    ("POST /v1/partners/PARTNER/steps", r#"{"step":"appeal"}"#),
    (
        "POST /v1/partners/PARTNER/tokens",
        r#"{"window":"00000000-0000-4000-8000-000000000000","key":"x","purposes":["patch"]}"#,
    ),
    ("POST /v1/query", r#"{"package":{"purl":"pkg:npm/ini"}}"#),
    ("POST /claim-check", r#"{"hash":"00"}"#),
];

/// Steps of forms on pages.
const STEPS: [&str; 4] = ["withdraw", "accept", "sign", "commit"];

/// Two installations: one without, one with.
pub struct Pair {
    pub quiet: House,
    pub busy: House,
    pub more: Extras,
    pub left: Left,
    /// The chance of whoever takes part.
    apart: Arc<dyn Chance>,
}

impl Pair {
    pub async fn open() -> Pair {
        let (mut quiet, mut busy) = (House::staged().await, House::staged().await);
        Extras::enter(&quiet.world, &quiet.framework).await;
        let more = Extras::enter(&busy.world, &busy.framework).await;
        quiet.world.until_idle().await;
        busy.world.until_idle().await;
        let apart = Arc::new(Sequence::new(99));
        let pair = Pair { quiet, busy, more, left: Left::default(), apart };
        pair.align();
        pair
    }

    /// From here on the busy one draws by the chance of those who take part, or no longer.
    pub fn turn(&mut self) {
        std::mem::swap(&mut self.busy.world.desk.chance, &mut self.apart);
    }

    /// It is so late now in both, and what was due then is done.
    pub async fn reach(&mut self, at: &str) {
        let at: Timestamp = at.parse().expect("an instant");
        for house in [&mut self.quiet, &mut self.busy] {
            house.world.clock.reach(at);
            house.world.until_idle().await;
            house.world.desk.advisories.refresh();
        }
        self.align();
    }

    /// Both at one instant again, after each has read its clock as often as it had to.
    pub fn align(&self) {
        let later = self.quiet.world.now().max(self.busy.world.now());
        for house in [&self.quiet, &self.busy] {
            house.world.clock.reach(later + SignedDuration::from_millis(1));
        }
    }

    /// Everybody else goes on as ever, in both.
    pub async fn ordinary(&mut self, step: usize) {
        for house in [&mut self.quiet, &mut self.busy] {
            ordinary(house, step).await;
        }
        self.align();
    }
}

/// What others do: a flaw is reported, fixed and published; somebody runs what it is in; another
/// is reported.
async fn ordinary(house: &mut House, step: usize) {
    let (cast, target) = (&house.cast, TARGETS[1]);
    match step {
        0 => {
            house.world.submit(&cast.finders[0], &target.report(0)).await;
            house.world.lease(&cast.finders[2], &target.package()).await;
            house.world.inventory(&cast.hospital.1, &["pkg:npm/ini@1.3.5"]).await;
        }
        1 => {
            let case = house.world.case_on(&target.package()).await.id;
            let body = format!("Thank you.\n\naccept\nfixed in {}\n", target.fixed);
            house.world.answer(case, "security@ini.invalid", &body).await;
        }
        2 => {
            let advisories = house.world.every::<Advisory>().await;
            let advisory = advisories.first().expect("it is drafted");
            for analyst in &cast.analysts {
                let signed =
                    advisory::sign(&house.world.desk, analyst, advisory.id, &advisory.digest);
                must(signed.await);
            }
        }
        _ => {
            house.world.submit(&cast.finders[1], &TARGETS[2].report(0)).await;
        }
    }
    house.world.until_idle().await;
}

/// Everybody who does not take part.
fn outsiders(house: &House, more: &Extras) -> Vec<(&'static str, Actor)> {
    let mut people = house.cast.everybody();
    people.retain(|(role, _)| *role != "administrator");
    people.push(("rival", house.framework.rival.1.clone()));
    people.push(("bystander", more.bystander.1.clone()));
    people
}

/// Everybody who does.
fn insiders(house: &House) -> Vec<(&'static str, Actor)> {
    let mut people = house.framework.everybody();
    people.retain(|(role, _)| *role != "rival");
    people
}

/// A session each, with the token of its forms.
pub async fn sessions(house: &House, people: &[(&'static str, Actor)]) -> Vec<Session> {
    let mut sessions = Vec::new();
    for (role, actor) in people {
        let cookie = house.cookie(actor).await;
        let page = house.ask("GET /developers", "text/html", &cookie, "").await;
        let token = page.split_once("name=\"csrf\" value=\"").map_or("", |(_, rest)| rest);
        let token = token.split('"').next().unwrap_or_default().to_owned();
        sessions.push(Session { role, cookie, token });
    }
    sessions
}

pub struct Session {
    pub role: &'static str,
    pub cookie: String,
    token: String,
}

/// What is asked: a line with the ids of these subjects left open, and what is sent.
pub struct Question {
    pub line: String,
    pub body: Sent,
}

pub enum Sent {
    Nothing,
    Text(&'static str),
    /// A form of a page, with the token of the session and nothing else.
    Form,
}

/// Everything that anybody can ask for: every route, with ids of things that are there and of
/// things that are not.
pub async fn questions(house: &House) -> Vec<Question> {
    let mut questions = Vec::new();
    for (method, path) in routes(&house.router) {
        if ["/logout", "/login/{link}"].contains(&path.as_str()) && method == "POST" {
            continue;
        }
        for filled in filled(house, &path).await {
            let line = format!("{method} {filled}");
            if method == "GET" {
                questions.push(Question { line, body: Sent::Nothing });
                continue;
            }
            let is_page = !["/v1/", "/api/", "/claim-check"].iter().any(|it| path.starts_with(it));
            let bodies = match is_page {
                true => [Sent::Nothing, Sent::Form],
                false => [Sent::Nothing, Sent::Text("{}")],
            };
            questions.extend(bodies.map(|body| Question { line: line.clone(), body }));
        }
    }
    let tried =
        |(line, body): (&str, _)| Question { line: line.to_owned(), body: Sent::Text(body) };
    questions.extend(TRIED.map(tried));
    questions
}

/// A path with something for each open part.
async fn filled(house: &House, path: &str) -> Vec<String> {
    let ids = |ids: Vec<String>| -> Vec<String> {
        let absent = std::iter::once(ABSENT.to_owned());
        ids.into_iter().chain(absent).map(|id| path.replace("{id}", &id)).collect()
    };
    let world = &house.world;
    let text = |ids: &mut dyn Iterator<Item = uuid::Uuid>| ids.map(|id| id.to_string()).collect();
    let own = [("engagements", "ENGAGEMENT"), ("evaluations", "EVALUATION")];
    let own = own.into_iter().chain([("partners", "PARTNER"), ("ties", "TIE")]);
    if let Some((_, kind)) = own.clone().find(|(part, _)| path.contains(part)) {
        let path = path.replace("{id}", kind);
        return match path.contains("{step}") {
            true => STEPS.map(|step| path.replace("{step}", step)).into(),
            false => vec![path],
        };
    }
    if let Some(folder) = path.strip_suffix("{*path}") {
        return files(house, folder).into_iter().map(|file| format!("{folder}{file}")).collect();
    }
    let paths = match path {
        _ if path.contains("cases/{id}") => {
            ids(text(&mut world.every::<Case>().await.iter().map(|it| it.id.uuid())))
        }
        _ if path.contains("findings/{id}") || path.contains("laboratory/{id}") => {
            ids(text(&mut world.every::<Finding>().await.iter().map(|it| it.id.uuid())))
        }
        _ if path.contains("drafts/{id}") => {
            ids(text(&mut world.every::<Advisory>().await.iter().map(|it| it.id.uuid())))
        }
        _ => ids(Vec::new()),
    };
    let numbers: Vec<String> = world
        .every::<Advisory>()
        .await
        .into_iter()
        .filter_map(|it| it.number.map(|number| number.to_string()))
        .collect();
    let number = numbers.first().map_or("SW-2026-0001", String::as_str);
    let vulnerability = format!("x_{number}");
    let fill = |path: String| {
        let path = match path.starts_with("/v1/vulns") || path.starts_with("/flaws") {
            true => path.replace(ABSENT, &vulnerability).replace("{name}", &vulnerability),
            false => path,
        };
        let mut path = path.replace("{number}", number).replace("{step}", "operators");
        while let Some((before, rest)) = path.split_once('{') {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            path = format!("{before}{ABSENT}{after}");
        }
        path
    };
    paths.into_iter().map(fill).collect()
}

/// The files below a folder of the site, and one that is not there.
fn files(house: &House, folder: &str) -> Vec<String> {
    let settings = &house.world.desk.settings;
    let place = match folder {
        "/public/" => settings.public.clone(),
        "/.well-known/csaf/" => settings.public.join("csaf"),
        _ => settings.dumps.clone(),
    };
    let mut files: Vec<String> = World::files(&place)
        .iter()
        .filter_map(|file| file.strip_prefix(&place).ok()?.to_str().map(str::to_owned))
        .collect();
    files.extend(["ecosystems.txt", "npm/all.zip", "all.zip", "nothing.json"].map(str::to_owned));
    files
}

/// The ids that a line leaves open, each filled in; of a line that leaves none open itself.
pub fn with_ids(left: &Left, line: &str) -> Vec<(String, String)> {
    let named = |kind: &str, ids: Vec<(&'static str, uuid::Uuid)>| -> Vec<(String, String)> {
        let fill =
            |(name, id): (&str, uuid::Uuid)| (name.to_owned(), line.replace(kind, &id.to_string()));
        match ids.is_empty() {
            true => vec![(String::new(), line.replace(kind, ABSENT))],
            false => ids.into_iter().map(fill).collect(),
        }
    };
    match line {
        _ if line.contains("ENGAGEMENT") => {
            named("ENGAGEMENT", left.engagements.iter().map(|it| (it.0, it.1.uuid())).collect())
        }
        _ if line.contains("EVALUATION") => {
            named("EVALUATION", left.evaluations.iter().map(|it| (it.0, it.1.uuid())).collect())
        }
        _ if line.contains("PARTNER") => {
            named("PARTNER", left.partners.iter().map(|it| (it.0, it.1.uuid())).collect())
        }
        _ if line.contains("TIE") => {
            named("TIE", left.ties.iter().map(|it| (it.0, it.1.uuid())).collect())
        }
        _ => vec![(String::new(), line.to_owned())],
    }
}

fn without_ids(line: &str) -> String {
    ["ENGAGEMENT", "EVALUATION", "PARTNER", "TIE"]
        .iter()
        .fold(line.to_owned(), |line, kind| line.replace(kind, ABSENT))
}

pub async fn ask(house: &House, session: &Session, line: &str, body: &Sent) -> String {
    let accept = if line.contains(" /v1/") { "*/*" } else { "text/html" };
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--b--\r\n",
        session.token
    );
    let body = match body {
        Sent::Nothing => "",
        Sent::Text(text) => text,
        Sent::Form => &form,
    };
    house.ask(line, accept, &session.cookie, body).await
}

impl Pair {
    /// Whoever does not take part, and asks for anything, is told the same by both; and whoever
    /// does is told the same of everything else. Gives how many answers were compared.
    pub async fn compare(&self, when: &str) -> usize {
        let mut compared = 0;
        let people = [&self.quiet, &self.busy].map(|house| outsiders(house, &self.more));
        compared += self.asked(when, people, |_| true).await;
        let people = [&self.quiet, &self.busy].map(insiders);
        compared += self.asked(when, people, |path| !is_own(path)).await;
        assert_eq!(self.quiet.world.courier.letters(), self.busy.world.courier.letters(), "{when}");
        for folder in [
            |house: &House| house.world.desk.settings.public.clone(),
            |house: &House| house.world.desk.settings.dumps.clone(),
        ] {
            let (without, with) = (contents(&folder(&self.quiet)), contents(&folder(&self.busy)));
            assert_eq!(without.keys().collect::<Vec<_>>(), with.keys().collect::<Vec<_>>());
            for (file, bytes) in without {
                assert!(with.get(&file) == Some(&bytes), "{when}: {file}");
            }
        }
        compared
    }

    pub async fn asked(
        &self,
        when: &str,
        people: [Vec<(&'static str, Actor)>; 2],
        asks: fn(&str) -> bool,
    ) -> usize {
        let without = sessions(&self.quiet, &people[0]).await;
        let with = sessions(&self.busy, &people[1]).await;
        let mut compared = 0;
        let questions = questions(&self.quiet).await;
        for question in &questions {
            let path = question.line.split_once(' ').map_or("", |(_, path)| path);
            if !asks(path) {
                continue;
            }
            for (quiet, busy) in without.iter().zip(&with) {
                assert_eq!(quiet.cookie, busy.cookie, "{when}: sessions are the same");
                self.align();
                let line = without_ids(&question.line);
                let expected = ask(&self.quiet, quiet, &line, &question.body).await;
                for (name, line) in with_ids(&self.left, &question.line) {
                    let told = ask(&self.busy, busy, &line, &question.body).await;
                    let role = quiet.role;
                    assert!(
                        told == expected,
                        "{when}, {role}: {line} ({name}):\n{expected}\n---\n{told}"
                    );
                    compared += 1;
                }
            }
        }
        compared
    }
}

/// Every file below a folder, by its path there.
fn contents(folder: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let read = |file: &std::path::PathBuf| {
        let name = file.strip_prefix(folder).expect("it is below").display().to_string();
        (name, std::fs::read(file).expect("it can be read"))
    };
    World::files(folder).iter().map(read).collect()
}
