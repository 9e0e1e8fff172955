//! What every page has around it: title, notice, navigation, who is signed in.

/// The language of a page's own words. Text from elsewhere keeps its language and says so.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Lang {
    /// English, on every page.
    #[default]
    English,
    /// Spanish, on the operator's page.
    Spanish,
}

impl Lang {
    /// The language asked for by `?lang=`; English when it is not one of ours.
    pub fn asked(text: &str) -> Lang {
        match text {
            "es" => Lang::Spanish,
            _ => Lang::English,
        }
    }

    /// The language code for `lang=`.
    pub const fn code(self) -> &'static str {
        match self {
            Lang::English => "en",
            Lang::Spanish => "es",
        }
    }

    /// The one of two wordings that is in this language.
    pub const fn say(self, english: &'static str, spanish: &'static str) -> &'static str {
        match self {
            Lang::English => english,
            Lang::Spanish => spanish,
        }
    }
}

/// One entry of the navigation.
#[derive(Clone, Debug, Default)]
pub struct NavItem {
    /// What it says.
    pub label: String,
    /// Where it goes.
    pub href: String,
    /// Whether the visitor is there now.
    pub current: bool,
}

/// The frame of a page.
#[derive(Clone, Debug, Default)]
pub struct Shell {
    /// The page's title, without the name of the site.
    pub title: String,
    /// A line that stands above everything, such as that of a replay.
    pub notice: Option<String>,
    /// The navigation, by role; [`nav`] makes the usual one.
    pub nav: Vec<NavItem>,
    /// Who is signed in, as a role; absent for the public.
    pub user: Option<String>,
    /// The token that every form carries.
    pub csrf: String,
    /// The language of the page's own words.
    pub lang: Lang,
}

/// Whose navigation to show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Visitor {
    /// Not signed in.
    Public,
    /// Somebody who finds and reports.
    Finder,
    /// An analyst of the clearinghouse.
    Analyst,
    /// A maintainer or vendor.
    Maintainer,
    /// An operator, such as a hospital.
    Operator,
    /// A federal agency.
    Agency,
    /// A developer of models.
    Developer,
    /// Somebody who evaluates models, or audits that.
    Evaluator,
    /// The official, or the duty officer.
    Official,
    /// A trusted partner.
    Partner,
}

/// The navigation of a visitor who stands at `here`, a path without query.
pub fn nav(visitor: Visitor, here: &str, lang: Lang) -> Vec<NavItem> {
    let own: &[(&'static str, &'static str, &'static str)] = match visitor {
        Visitor::Public => &[],
        Visitor::Finder => {
            &[("/queue", "Findings", "Hallazgos"), ("/scans", "Scans", "Exploraciones")]
        }
        Visitor::Analyst => &[
            ("/queue", "Queue", "Cola"),
            ("/laboratory", "Laboratory", "Laboratorio"),
            ("/cases", "Cases", "Casos"),
            ("/scans", "Scans", "Exploraciones"),
            ("/sources", "Sources", "Fuentes"),
        ],
        Visitor::Maintainer => &[("/cases", "Cases", "Casos")],
        Visitor::Operator => {
            &[("/today", "Today", "Hoy"), ("/inventory", "Inventory", "Inventario")]
        }
        Visitor::Agency => &[
            ("/due", "Due list", "Plazos"),
            ("/today", "Today", "Hoy"),
            ("/inventory", "Inventory", "Inventario"),
        ],
        Visitor::Developer => &[
            ("/engagements", "Engagements", "Compromisos"),
            ("/partners", "Partners", "Socios"),
            ("/reach", "Reach", "Alcance"),
        ],
        Visitor::Evaluator => &[
            ("/engagements", "Engagements", "Compromisos"),
            ("/evaluations", "Evaluations", "Evaluaciones"),
            ("/partners", "Partners", "Socios"),
        ],
        Visitor::Official => &[
            ("/engagements", "Engagements", "Compromisos"),
            ("/evaluations", "Evaluations", "Evaluaciones"),
            ("/partners", "Partners", "Socios"),
            ("/reach", "Reach", "Alcance"),
        ],
        Visitor::Partner => &[("/partners", "Applications", "Solicitudes")],
    };
    let all = [
        ("/advisories", "Advisories", "Avisos"),
        ("/log", "Public log", "Registro público"),
        ("/developers", "Model developers", "Desarrolladores de modelos"),
    ];
    own.iter()
        .chain(&all)
        .map(|(href, english, spanish)| NavItem {
            label: lang.say(english, spanish).to_owned(),
            href: (*href).to_owned(),
            current: *href == here || here.strip_prefix(href).is_some_and(|r| r.starts_with('/')),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(visitor: Visitor, here: &str, expected: &str) {
        let current: Vec<String> = nav(visitor, here, Lang::English)
            .into_iter()
            .filter(|item| item.current)
            .map(|item| item.label)
            .collect();
        assert_eq!(current.join(","), expected, "{here}");
    }

    #[test]
    fn the_current_entry_is_the_one_the_page_is_under() {
        check(Visitor::Analyst, "/queue", "Queue");
        check(Visitor::Analyst, "/cases/3f/sign", "Cases");
        check(Visitor::Public, "/advisories/SW-2026-0001", "Advisories");
        check(Visitor::Public, "/logs", "");
        check(Visitor::Public, "/queue", "");
        check(Visitor::Operator, "/", "");
    }

    #[test]
    fn an_unknown_language_is_english() {
        for (asked, code) in [("es", "es"), ("en", "en"), ("", "en"), ("<b>", "en")] {
            assert_eq!(Lang::asked(asked).code(), code);
        }
    }
}
