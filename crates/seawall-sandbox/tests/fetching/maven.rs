//! Artifacts from a Maven repository in a folder; an artifact that is a plugin is not run either.

use crate::world::{World, has, package, shell, told};
use seawall_domain::package::{Ecosystem, Listed};
use seawall_sandbox::LabFault;

const SETTINGS: &str = "<settings><mirrors><mirror><id>here</id><mirrorOf>*</mirrorOf>
<url>file:///config/maven</url></mirror></mirrors></settings>";

/// Two versions of a library, and a list of them, each with the digest that mvn wants to see.
const MAKE: &str = "
mkdir -p maven/org/example/thing/1.0 maven/org/example/thing/1.1
cd maven/org/example/thing
for version in 1.0 1.1; do
    cat > $version/thing-$version.pom << END
<project><modelVersion>4.0.0</modelVersion><groupId>org.example</groupId>
<artifactId>thing</artifactId><version>$version</version></project>
END
    echo \"jar $version\" > $version/thing-$version.jar
done
cat > maven-metadata.xml << END
<metadata><groupId>org.example</groupId><artifactId>thing</artifactId><versioning>
<latest>1.1</latest><release>1.1</release><versions><version>1.0</version><version>1.1</version>
</versions></versioning></metadata>
END
for file in */*.pom */*.jar *.xml; do sha1sum $file | cut -d ' ' -f 1 > $file.sha1; done
";

#[test]
fn artifacts_are_listed_brought_and_compared_with_their_digests() {
    let test = "artifacts_are_listed_brought_and_compared_with_their_digests";
    if !has(test, "mvn", &["-v"]) {
        return;
    }
    let world = World::new();
    std::fs::write(world.client("settings.xml"), SETTINGS).unwrap();
    shell(&world.folder.join("clients"), MAKE);
    let thing = package(Ecosystem::Listed(Listed::Maven, None), "org.example:thing");
    assert_eq!(world.releases(&thing), ["1.0", "1.1"]);
    let fetched = world.fetch(&thing, "1.0").unwrap();
    let files = told(&fetched.path);
    assert!(files.contains(&"thing-1.0.jar=jar 1.0\n".to_owned()), "{files:?}");
    assert!(files.iter().any(|line| line.starts_with("thing-1.0.pom=")), "{files:?}");
    let fault = world.fetch(&thing, "3").unwrap_err();
    assert!(matches!(fault, LabFault::NotFetchable { .. }), "{fault}");
    let jar = world.client("maven/org/example/thing/1.1/thing-1.1.jar");
    std::fs::write(jar, "another jar").unwrap();
    let fault = world.fetch(&thing, "1.1").unwrap_err().to_string();
    assert!(fault.contains("hecksum"), "{fault}");
}
