// A scenario: everything a run needs to be told, as plain data with its defaults.
#pragma once

#include "engine/base/time.hpp"
#include "engine/scenario/document.hpp"
#include "engine/spread/lifecycle.hpp"
#include "models/defences/alert_sharing.hpp"
#include "models/defences/alliance.hpp"
#include "models/defences/cleaning.hpp"
#include "models/defences/contact_tracing.hpp"
#include "models/defences/credential_hygiene.hpp"
#include "models/defences/isolation.hpp"
#include "models/defences/kill_switch.hpp"
#include "models/defences/patching.hpp"
#include "models/defences/port_filter.hpp"
#include "models/defences/segmentation.hpp"
#include "models/defences/sensor.hpp"
#include "models/defences/throttling.hpp"
#include "models/defences/trigger.hpp"
#include "models/defences/update_revocation.hpp"
#include "models/populations/enterprise.hpp"
#include "models/populations/flat.hpp"
#include "models/populations/graph.hpp"
#include "models/populations/host_attributes.hpp"
#include "models/populations/internet.hpp"
#include "models/populations/working_hours.hpp"
#include "models/program/network.hpp"
#include "models/services/services.hpp"
#include "models/telescope.hpp"
#include "models/vectors/contact.hpp"
#include "models/vectors/credentials.hpp"
#include "models/vectors/scan.hpp"
#include "models/vectors/supply_chain.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace annelid {

// The kinds that a scenario can name. A new mechanism is added to its variant here.
using PopulationSettings =
    std::variant<InternetSettings, FlatSettings, GraphSettings, EnterprisePopulationSettings>;
using VectorSettings =
    std::variant<ScanSettings, ContactSettings, CredentialsSettings, SupplyChainSettings>;
using DefenceSettings =
    std::variant<KillSwitchSettings, PatchingSettings, PortFilterSettings, SegmentationSettings,
                 ThrottlingSettings, CredentialHygieneSettings, UpdateRevocationSettings,
                 SensorSettings, IsolationSettings, CleaningSettings, ContactTracingSettings,
                 AlertSharingSettings>;

template <class Settings>
struct Named {
    std::string name;
    Settings settings;
    bool fits = true;  ///< false: a value was refused already, so further checks would mislead
};

/// The hosts that an outbreak starts with.
struct SeedSettings {
    std::int64_t hosts = 10;
    TimeUs time = 0;
    std::string vector;

    Fields fields();
};

struct Worm {
    std::string name;  ///< keys its draws; an only worm needs none
    std::string title;
    std::string meeting = "coexist";
    LifecycleSpec lifecycle;
    std::vector<Named<VectorSettings>> vectors;  ///< sorted by name
    SeedSettings seeds;
    /// Dotted paths of its tables, for faults: "worm", or "worm.NAME" of several.
    std::string path = "worm", seeds_path = "seeds";

    Fields fields();
};

struct Scenario {
    std::filesystem::path file;

    std::string title;
    std::int64_t seed = 1;

    std::string start = "2017-01-01 00:00:00";
    TimeUs end = 24 * 3600 * us_per_s;
    TimeUs step = 0;  ///< 0: chosen from worm and population

    PopulationSettings population;
    std::int64_t population_seed = 1;
    bool redraw = false;
    WorldTables tables;  ///< only of a population that has any
    HostLabels labels;   ///< only of a population with a file of attributes
    std::optional<Network> network;
    std::optional<HoursSettings> hours;  ///< none: every host is always on

    std::vector<Worm> worms;                           ///< in the order written
    bool worms_named = false;                          ///< written as [[worm]]
    std::vector<Named<DefenceSettings>> defences;      ///< sorted by name
    std::vector<Named<TriggerSettings>> triggers;      ///< sorted by name
    std::vector<Named<AllianceSettings>> alliances;    ///< sorted by name, with their members
    std::vector<Named<TelescopeSettings>> telescopes;  ///< sorted by name

    std::optional<ServiceSettings> service;  ///< none: outages are not kept

    TimeUs record_every = 600 * us_per_s;
    bool record_events = true;
    bool record_transitions = false;
    bool record_hosts = false;

    std::map<std::string, Written> written;  ///< where each key stands, for faults found later
    std::vector<std::string> warnings;       ///< what is allowed but hardly meant

    std::int64_t num_rows() const { return (end + record_every - 1) / record_every + 1; }

    /// `place: key = value (why): advice`, of a key or the table that would have it.
    std::string remark(const std::string& key, const std::string& why,
                       const std::string& advice) const;
    /// Throws InputError on a key that does not fit what was built from the scenario.
    [[noreturn]] void refuse(const std::string& key, const std::string& why,
                             const std::string& advice) const;

    Fields top_fields();
    Fields time_fields();
    Fields world_fields();
    Fields record_fields();
};

Fields state_fields(StateSpec& state);
Fields preset_fields(std::string& preset);
Fields without_fields(std::vector<std::string>& without);

/// Reads a scenario with its preset and `--set` overrides. InputError lists every fault found.
Scenario read_scenario(const std::filesystem::path& file, const std::vector<std::string>& sets);

/// The scenario in full, as a valid file: reading it gives the same run.
std::string effective_text(const Scenario& scenario);

}  // namespace annelid
