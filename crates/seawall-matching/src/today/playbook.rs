//! What to do when a thing cannot be updated, as data: four steps for every kind (capability C67).
//!
//! The steps are general advice of our own in plain words; none is a command to type. No step
//! tells anybody to scan a thing: a scan can stop a controller or a device at a bed.

use super::kind::Kind;
use super::words::Language;
use serde::Serialize;

/// A step of a playbook.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Fewer may reach it.
    Isolate,
    /// Its settings leave less to attack.
    Configure,
    /// Something in front of it stops the attack (a virtual patch).
    Shield,
    /// Those who made it are asked.
    Ask,
}

impl Step {
    /// The steps in the order in which they are taken.
    pub const ALL: [Step; 4] = [Step::Isolate, Step::Configure, Step::Shield, Step::Ask];

    /// What the step is called.
    pub fn label(self, language: Language) -> &'static str {
        language.pick(match self {
            Step::Isolate => ["Keep strangers out", "Cierre el paso"],
            Step::Configure => ["Set it safe", "Ajústelo"],
            Step::Shield => ["Put a shield in front", "Ponga un escudo"],
            Step::Ask => ["Ask for help", "Pida ayuda"],
        })
    }
}

/// One line of a playbook: at most forty words.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Line {
    /// The step.
    pub step: Step,
    /// What to do, in one sentence or two.
    pub text: &'static str,
}

/// What to do, step by step, when a thing of this kind cannot be updated.
pub fn playbook(kind: Kind, language: Language) -> [Line; 4] {
    let texts = texts(kind);
    let line = |step, text| Line { step, text: language.pick(text) };
    let [isolate, configure, shield, ask] = texts;
    [
        line(Step::Isolate, isolate),
        line(Step::Configure, configure),
        line(Step::Shield, shield),
        line(Step::Ask, ask),
    ]
}

/// English and Spanish, in the order of [`Step::ALL`].
type Texts = [[&'static str; 2]; 4];

const fn texts(kind: Kind) -> Texts {
    match kind {
        Kind::MedicalDevice => MEDICAL_DEVICE,
        Kind::ControlDevice => CONTROL_DEVICE,
        Kind::CoreBanking => CORE_BANKING,
        Kind::Device => DEVICE,
        Kind::OperatingSystem => OPERATING_SYSTEM,
        Kind::ServerProduct => SERVER_PRODUCT,
        Kind::Other => OTHER,
        Kind::SystemPackage => SYSTEM_PACKAGE,
        Kind::OwnSoftware => OWN_SOFTWARE,
    }
}

const MEDICAL_DEVICE: Texts = [
    [
        "Ask the ward first: patients come before all. Then move it to a closed network.",
        "Pregunte antes en la sala: el paciente va primero. Luego páselo a una red cerrada.",
    ],
    [
        "Do not change its setup on your own. Let its maker or your device team do it.",
        "No toque usted los ajustes. Que lo haga el fabricante o su equipo técnico.",
    ],
    [
        "Let the firewall pass only the machines it must talk to. Do not scan it.",
        "Que el cortafuegos deje pasar solo lo que necesita. No lo escanee.",
    ],
    [
        "Call its maker. Ask for the safety notice and a visit.",
        "Llame al fabricante. Pida el aviso de seguridad y una visita.",
    ],
];

const CONTROL_DEVICE: Texts = [
    [
        "Ask the shift chief first. Then cut its line to the office and the internet, and unplug \
         any cell modem you can spare.",
        "Pregunte antes al jefe de turno. Luego corte su línea a la oficina y a internet, y quite \
         todo módem sin uso.",
    ],
    [
        "When the plant is in a safe state, turn its key to run. Change its password.",
        "Con la planta en estado seguro, gire la llave a marcha. Cambie la clave.",
    ],
    [
        "Let the firewall pass only the control desk. Just listen. Do not scan it.",
        "Que el cortafuegos deje pasar solo el puesto de mando. Solo escuche. No lo escanee.",
    ],
    [
        "Call its maker or the firm that built it. Be ready to run by hand.",
        "Llame al fabricante o a quien lo montó. Prepare la marcha a mano.",
    ],
];

const CORE_BANKING: Texts = [
    [
        "Let only your branch and back office reach it. Close each way in from the internet.",
        "Que solo lleguen sus oficinas. Cierre toda entrada desde internet.",
    ],
    [
        "Turn off links you do not use. Let two people sign each large sum.",
        "Apague los enlaces sin uso. Que dos personas firmen cada suma grande.",
    ],
    [
        "Have the firm that runs it block the attack in front of it. Read its logs each day.",
        "Que la firma que lo lleva pare el ataque por delante. Lea los registros cada día.",
    ],
    [
        "Call that firm and get a date in writing. Tell your risk chief.",
        "Llame a esa firma y pida una fecha por escrito. Avise a su jefe de riesgos.",
    ],
];

const DEVICE: Texts = [
    [
        "Put it on a network of its own. Let no one reach it from the internet.",
        "Póngalo en una red propia. Que nadie llegue desde internet.",
    ],
    [
        "Shut its setup page to the outside. Set a new strong password.",
        "Cierre por fuera la página de ajustes. Ponga una clave nueva y fuerte.",
    ],
    [
        "Let the firewall in front of it drop all that it does not need.",
        "Que el cortafuegos corte todo lo que no le hace falta.",
    ],
    [
        "Ask its maker for a fix. If it is too old for one, plan to swap it.",
        "Pida un arreglo al fabricante. Si es muy viejo, piense en un cambio.",
    ],
];

const OPERATING_SYSTEM: Texts = [
    [
        "Take it off the internet. Let in only the machines that need it.",
        "Quítelo de internet. Deje entrar solo a los equipos que lo usan.",
    ],
    [
        "Turn off login from afar and each service you do not use.",
        "Apague el acceso desde lejos y cada servicio sin uso.",
    ],
    [
        "Turn on its firewall and the block rules of your virus guard.",
        "Encienda su cortafuegos y las reglas de bloqueo del antivirus.",
    ],
    [
        "Ask its maker for a fix with no restart, or for more years of care.",
        "Pida al fabricante un arreglo sin paro, o más años de apoyo.",
    ],
];

const SERVER_PRODUCT: Texts = [
    [
        "Take it off the internet. Let your staff in by VPN only.",
        "Quítelo de internet. Que su gente entre solo por VPN.",
    ],
    [
        "Turn off the part with the flaw. Let just one or two machines reach the setup page.",
        "Apague la parte con el fallo. Que solo uno o dos equipos lleguen a los ajustes.",
    ],
    [
        "Put a web filter in front and turn on its rule for this flaw.",
        "Ponga un filtro web por delante y active la regla de este fallo.",
    ],
    [
        "Call its maker. Ask for a safe setup and the date of a fix.",
        "Llame al fabricante. Pida un ajuste seguro y la fecha del arreglo.",
    ],
];

const OTHER: Texts = [
    [
        "Keep it off the internet. Let only people you trust reach it.",
        "Quítelo de internet. Que solo llegue gente de fiar.",
    ],
    [
        "Turn off what you do not use. Set a new strong password.",
        "Apague lo que no usa. Ponga una clave nueva y fuerte.",
    ],
    [
        "Let the firewall in front of it pass only what it needs.",
        "Que el cortafuegos deje pasar solo lo que necesita.",
    ],
    [
        "Ask its maker if this flaw hits you, and when a fix will come.",
        "Pregunte al fabricante si le afecta y cuándo habrá arreglo.",
    ],
];

const SYSTEM_PACKAGE: Texts = [
    [
        "Let only the machines that need it reach this one. Block the rest.",
        "Deje llegar solo a los equipos que lo usan. Cierre el paso al resto.",
    ],
    [
        "Stop the service if no one needs it. Turn off the parts you do not use.",
        "Pare el servicio si nadie lo usa. Apague las partes sin uso.",
    ],
    [
        "Set your web or mail filter to stop calls that match this attack.",
        "Ajuste su filtro de web o correo para que pare este ataque.",
    ],
    [
        "Ask those who make your system if a fix is on its way.",
        "Pregunte a quien hace su sistema si ya viene un arreglo.",
    ],
];

const OWN_SOFTWARE: Texts = [
    [
        "Take the page or job that uses it off the open internet, or turn it off.",
        "Quite de internet la página o tarea que lo usa, o apáguela.",
    ],
    [
        "Turn off the feature that needs this part, if you can do without.",
        "Apague la función que usa esta pieza, si puede pasar sin ella.",
    ],
    [
        "Ask who runs your web filter to stop calls that match this attack.",
        "Pida a quien lleva su filtro web que pare este ataque.",
    ],
    [
        "Ask those who wrote your program for a date. Get it in writing.",
        "Pida una fecha por escrito a quienes hicieron su programa.",
    ],
];
