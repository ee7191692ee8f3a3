// The run file on one rank: what is written comes back; what goes wrong is said and harms nothing.
#include "engine/files/run_file.hpp"

#include "engine/base/errors.hpp"
#include "engine/files/hdf5_file.hpp"
#include "engine/files/run_file_table.hpp"
#include "tests/run_file/sample.hpp"

#include <algorithm>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace annelid {
namespace {

namespace fs = std::filesystem;

using Integers = std::vector<std::int64_t>;

/// A folder of its own for each test; no file may grow beyond a limit while one is set.
class RunFileTest : public ::testing::Test {
  protected:
    RunFileTest() {
        std::string name = (fs::temp_directory_path() / "annelid-run-file-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        file_ = folder_ / "run.h5";
    }
    ~RunFileTest() override {
        limit_file_size(RLIM_INFINITY);
        fs::remove_all(folder_);
    }

    RunFile open(const RunAxes& axes, RunFile::Settings settings = {}) {
        settings.file = file_;
        return RunFile(ranks_, settings, axes, sample::population(), sample::attributes(),
                       sample::scenario);
    }

    static void finish(RunFile& run, const RunSeries& series, Events events,
                       std::size_t replicates = 1) {
        run.finish(series, std::move(events), {}, sample::diagnostics(replicates), nullptr, {});
    }

    /// As on a full disk: writing further fails with "File too large".
    static void limit_file_size(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{};
        getrlimit(RLIMIT_FSIZE, &limit);
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }

    void expect_events(const Events& expected) const {
        const auto file = hdf5::File::open(file_);
        const auto time = file.read<std::int64_t>("/events/time_us");
        const auto host = file.read<std::int64_t>("/events/host");
        const auto infector = file.read<std::int64_t>("/events/infector");
        const auto replicate = file.read<std::int32_t>("/events/replicate");
        const auto worm = file.read<std::uint8_t>("/events/worm");
        const auto vector = file.read<std::uint8_t>("/events/vector");
        ASSERT_EQ(time.size(), expected.size());
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const Event found{time[i],      HostId{host[i]}, HostId{infector[i]},
                              replicate[i], worm[i],         vector[i]};
            ASSERT_EQ(sample::key(found), sample::key(expected[i])) << "row " << i;
        }
    }

    std::int64_t is_complete() const {
        return std::get<std::int64_t>(hdf5::File::open(file_).attribute("/", "complete"));
    }

    std::vector<std::string> names_in_folder() const {
        std::vector<std::string> out;
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            out.push_back(entry.path().lexically_relative(folder_).string());
        }
        std::sort(out.begin(), out.end());
        return out;
    }

    template <class Error, class Work>
    static std::string message_of(const Work& work) {
        try {
            work();
        } catch (const Error& error) {
            return error.what();
        }
        return "nothing was thrown";
    }

    Communicator ranks_;
    fs::path folder_, file_;
};

void expect_contains(const std::string& text, const std::string& part) {
    EXPECT_NE(text.find(part), std::string::npos) << "\"" << part << "\" in:\n" << text;
}

TEST_F(RunFileTest, HoldsWhatARunHandsOver) {
    const RunAxes axes = sample::axes(5);
    const RunSeries series = sample::series(axes, 5);
    const HostSlice hosts = sample::hosts();
    RunFile run = open(axes, {.file = {}, .transitions = true});
    run.finish(series, sample::events(0, 100), sample::transitions(0, 20), sample::diagnostics(),
               &hosts, {1, 2, 3, 6.5});

    EXPECT_EQ(names_in_folder(), std::vector<std::string>{"run.h5"});
    expect_events(sample::in_order(sample::events(0, 100)));
    const auto file = hdf5::File::open(file_);
    EXPECT_EQ(file.read_texts("/state"), axes.states);
    EXPECT_EQ(file.read_texts("/country_name"), axes.country_names);
    EXPECT_EQ(file.read<double>("/time"), (std::vector<double>{0, 600, 1200, 1800, 2400}));
    EXPECT_EQ(file.dims("/country_counts"), (hdf5::Dims{5, 2, 3}));
    EXPECT_EQ(file.read<std::int64_t>("/country_counts"), series.country_counts);
    EXPECT_EQ(file.read<std::int64_t>("/vector_infections"), series.vector_infections);
    EXPECT_EQ(file.read<std::int64_t>("/population/cell_first_host"),
              (Integers{0, 400, 700, 1000}));
    EXPECT_TRUE(std::ranges::equal(file.read<std::uint16_t>("/hosts/traits"), hosts.traits));
    EXPECT_EQ(file.read<std::int64_t>("/diagnostics/deferred"), (Integers{3, 3}));
    EXPECT_EQ(file.read<double>("/timings/total_s"), std::vector<double>{6.5});
    EXPECT_EQ(file.read_texts("/scenario"), std::vector<std::string>{sample::scenario});
    EXPECT_EQ(std::get<std::string>(file.attribute("/time", "units")),
              "seconds since 2017-05-12 07:24:00");
    EXPECT_EQ(std::get<std::string>(file.attribute("/", "title")), "A made-up outbreak");
    EXPECT_EQ(std::get<double>(file.attribute("/", "real_hosts")), 2.5e6);
    EXPECT_EQ(is_complete(), 1);
}

TEST_F(RunFileTest, TransitionsOfOneMomentLeadFromOneToTheNext) {
    const RunAxes axes = sample::axes(2);
    RunFile run = open(axes, {.file = {}, .transitions = true});
    // Host 7 goes 2 → 0 → 1 → 2 → 1 in one microsecond; sorted by state it would read otherwise.
    const Transitions found = {{5, HostId{7}, 0, 0, 1, 2},
                               {5, HostId{7}, 0, 0, 2, 0},
                               {5, HostId{3}, 0, 0, 2, 0},
                               {5, HostId{7}, 0, 0, 2, 1},
                               {5, HostId{7}, 0, 0, 0, 1}};
    run.finish(sample::series(axes, 2), {}, found, sample::diagnostics(), nullptr, {});
    const auto file = hdf5::File::open(file_);
    EXPECT_EQ(file.read<std::int64_t>("/transitions/host"), (Integers{3, 7, 7, 7, 7}));
    EXPECT_EQ(file.read<std::uint8_t>("/transitions/from"),
              (std::vector<std::uint8_t>{2, 2, 0, 1, 2}));
    EXPECT_EQ(file.read<std::uint8_t>("/transitions/to"),
              (std::vector<std::uint8_t>{0, 0, 1, 2, 1}));
}

TEST_F(RunFileTest, CanBeReadAfterEachFlush) {
    file_ = folder_ / "100%b done.h5";  // a pattern for HDF5 if taken at its word
    const RunAxes axes = sample::axes(6);
    RunFile run = open(axes);
    EXPECT_FALSE(fs::exists(file_));
    run.flush(sample::series(axes, 0), {}, {});
    expect_events({});
    EXPECT_EQ(hdf5::File::open(file_).dims("/counts"), (hdf5::Dims{0, 3}));

    auto expected = sample::in_order(sample::events(0, 50));
    run.flush(sample::series(axes, 2), sample::events(0, 50), {});
    expect_events(expected);
    EXPECT_EQ(hdf5::File::open(file_).dims("/country_counts"), (hdf5::Dims{2, 2, 3}));
    EXPECT_EQ(is_complete(), 0);

    for (const Event& event : sample::in_order(sample::events(60, 90))) {
        expected.push_back(event);
    }
    run.flush(sample::series(axes, 4), sample::events(60, 90), {});
    expect_events(expected);
    EXPECT_FALSE(hdf5::File::open(file_).has("/diagnostics"));
    EXPECT_FALSE(hdf5::File::open(file_).has_attribute("/counts", "_FillValue"));

    for (const Event& event : sample::in_order(sample::events(100, 200))) {
        expected.push_back(event);
    }
    finish(run, sample::series(axes, 6), sample::events(100, 200));
    expect_events(expected);
    EXPECT_EQ(is_complete(), 1);
    EXPECT_EQ(names_in_folder(), std::vector<std::string>{"100%b done.h5"});
}

TEST_F(RunFileTest, ARunThatEndsEarlyHasFewerRows) {
    const RunAxes axes = sample::axes(6);
    RunFile run = open(axes);
    finish(run, sample::series(axes, 4), {});
    EXPECT_EQ(hdf5::File::open(file_).dims("/counts"), (hdf5::Dims{4, 3}));
    EXPECT_EQ(hdf5::File::open(file_).dims("/events/host"), hdf5::Dims{0});
}

TEST_F(RunFileTest, ReplicatesAreAnAxis) {
    const RunAxes axes = sample::axes(4, {10, 11, 12});
    RunFile run = open(axes);
    run.flush(sample::series(axes, 6), {}, {});
    {
        const auto file = hdf5::File::open(file_);
        EXPECT_EQ(file.read<std::int64_t>("/replicate"), (Integers{10, 11, 12}));
        EXPECT_EQ(file.dims("/sector_counts"), (hdf5::Dims{3, 4, 2, 3}));
        const auto counts = file.read<std::int64_t>("/counts");
        EXPECT_EQ(counts[17], 50);  // row 5: five hundredths removed
        EXPECT_EQ(counts[18], -1);
        EXPECT_EQ(std::get<std::int64_t>(file.attribute("/counts", "_FillValue")), -1);
    }
    finish(run, sample::series(axes, 12), {}, 3);
    const auto file = hdf5::File::open(file_);
    EXPECT_EQ(file.read<std::int64_t>("/counts"), sample::series(axes, 12).counts);
    EXPECT_EQ(file.dims("/diagnostics/deferred"), (hdf5::Dims{3, 2}));
    EXPECT_FALSE(file.has_attribute("/counts", "_FillValue"));
}

TEST_F(RunFileTest, HoldsOnlyTheFurtherSeriesThatThereAre) {
    RunAxes axes = sample::axes(4, {10, 11});
    {
        RunFile run = open(axes);
        finish(run, sample::series(axes, 8), {}, 2);
        const auto file = hdf5::File::open(file_);
        for (const char* path : {"/sensor", "/telescope", "/defence", "/defence_starts",
                                 "/isolated", "/detections", "/outages"}) {
            EXPECT_FALSE(file.has(path)) << path;
        }
    }
    axes = sample::with_defences(axes);
    axes.telescopes.clear();
    RunSeries series = sample::series(axes, 5);
    for (const char* path : {"/telescope_scans", "/telescope_sources", "/outages"}) {
        series.further.erase(path);
    }
    RunFile run = open(axes, {.file = {}, .overwrite = true});
    run.flush(series, {}, {});
    {
        const auto file = hdf5::File::open(file_);
        EXPECT_FALSE(file.has("/outages"));
        EXPECT_FALSE(file.has("/telescope"));
        EXPECT_FALSE(file.has("/defence_starts"));
        EXPECT_EQ(file.dims("/false_alarms"), (hdf5::Dims{2, 4, 2, 2}));
        const auto isolated = file.read<std::int64_t>("/isolated");
        const Integers& all = series.further.at("/isolated");
        EXPECT_TRUE(std::equal(isolated.begin(), isolated.begin() + 10, all.begin()));
        EXPECT_EQ(Integers(isolated.begin() + 10, isolated.end()), Integers(6, -1));
        EXPECT_EQ(std::get<std::int64_t>(file.attribute("/isolated", "_FillValue")), -1);
    }
    series.rows_final = {4, 4};
    finish(run, series, {}, 2);
    const auto file = hdf5::File::open(file_);
    for (const auto& [path, values] : series.further) {
        EXPECT_EQ(file.read<std::int64_t>(path), values) << path;
        EXPECT_FALSE(file.has_attribute(path, "_FillValue")) << path;
    }
    EXPECT_EQ(file.read<std::int64_t>("/defence_starts/time_us"),
              (Integers{0, 7'200'000'000, 7'200'000'000}));
    EXPECT_EQ(file.read<std::uint8_t>("/defence_starts/defence"),
              (std::vector<std::uint8_t>{1, 0, 1}));
    EXPECT_EQ(file.read<std::int64_t>("/defence_starts/organisation"), (Integers{-1, 400, -1}));
}

TEST_F(RunFileTest, NoDefenceHasBegun) {
    const RunAxes axes = sample::with_defences(sample::axes(2));
    RunDiagnostics diagnostics = sample::diagnostics();
    diagnostics.defence_starts.clear();
    RunFile run = open(axes);
    run.finish(sample::series(axes, 2), {}, {}, diagnostics, nullptr, {});
    EXPECT_EQ(hdf5::File::open(file_).dims("/defence_starts/country"), hdf5::Dims{0});
}

TEST_F(RunFileTest, LeavesOutEventsWhereNotWanted) {
    const RunAxes axes = sample::axes(2);
    RunFile run = open(axes, {.file = {}, .events = false});
    run.flush(sample::series(axes, 1), sample::events(0, 10), {});
    finish(run, sample::series(axes, 2), sample::events(10, 20));
    EXPECT_FALSE(hdf5::File::open(file_).has("/events"));
}

TEST_F(RunFileTest, RefusesAnExistingFile) {
    std::ofstream(file_) << "dear";
    EXPECT_EQ(message_of<InputError>([&] { open(sample::axes(2)); }),
              file_.string() + " (the file exists): choose another --output or add --force");
    RunFile run = open(sample::axes(2), {.file = {}, .overwrite = true});
    EXPECT_EQ(fs::file_size(file_), 4u);  // until there is something better
    run.flush(sample::series(sample::axes(2), 1), {}, {});
    EXPECT_EQ(is_complete(), 0);
}

TEST_F(RunFileTest, RefusesWhatIsNoPlaceForAFile) {
    file_ = folder_;
    expect_contains(message_of<InputError>([&] { open(sample::axes(2)); }), "(a folder)");
    std::ofstream(folder_ / "text") << "no folder";
    file_ = folder_ / "text" / "run.h5";
    expect_contains(message_of<InputError>([&] { open(sample::axes(2)); }),
                    "choose another --output");
    file_ = "/proc/annelid/run.h5";
    expect_contains(message_of<InputError>([&] { open(sample::axes(2)); }),
                    "choose another --output");
    file_ = folder_ / "new" / "folders" / "run.h5";
    open(sample::axes(2));
    EXPECT_TRUE(fs::is_directory(file_.parent_path()));
}

TEST_F(RunFileTest, ACutOffRunStaysReadableUntilTheNextOneHasSomething) {
    const RunAxes axes = sample::axes(3);
    open(axes).flush(sample::series(axes, 1), sample::events(0, 50), {});
    RunFile run = open(axes, {.file = {}, .overwrite = true});
    expect_events(sample::in_order(sample::events(0, 50)));
    run.flush(sample::series(axes, 1), sample::events(0, 70), {});
    expect_events(sample::in_order(sample::events(0, 70)));
    EXPECT_EQ(names_in_folder(),
              (std::vector<std::string>{"run.h5", "run.h5.parts", "run.h5.parts/part-000002.h5"}));
    finish(run, sample::series(axes, 3), {});
    expect_events(sample::in_order(sample::events(0, 70)));
    EXPECT_EQ(names_in_folder(), std::vector<std::string>{"run.h5"});
}

TEST_F(RunFileTest, AFullDiskSparesWhatWasFlushed) {
    const RunAxes axes = sample::axes(3);
    RunFile run = open(axes);
    run.flush(sample::series(axes, 1), sample::events(0, 5000), {});
    const auto names = names_in_folder();
    const auto expected = sample::in_order(sample::events(0, 5000));
    limit_file_size(300'000);
    const std::string message = message_of<OutputError>(
        [&] { run.flush(sample::series(axes, 2), sample::events(5000, 40'000), {}); });
    expect_contains(message, "File too large");
    expect_contains(message, "what was flushed before can be read");
    limit_file_size(RLIM_INFINITY);
    EXPECT_EQ(names_in_folder(), names);
    expect_events(expected);

    // The last flush fits, the one complete file does not: all events are in parts.
    limit_file_size(200'000);
    expect_contains(message_of<OutputError>(
                        [&] { finish(run, sample::series(axes, 3), sample::events(5000, 8000)); }),
                    "File too large");
    limit_file_size(RLIM_INFINITY);
    EXPECT_EQ(is_complete(), 0);
    EXPECT_EQ(hdf5::File::open(file_).dims("/events/host"), hdf5::Dims{8000});
}

TEST_F(RunFileTest, AFullDiskAtTheFirstFlushLeavesNothing) {
    const RunAxes axes = sample::axes(3);
    RunFile run = open(axes);
    for (const rlim_t bytes : {0, 100, 3000, 20'000}) {  // headers fail, then rows
        limit_file_size(bytes);
        const auto message = message_of<OutputError>(
            [&] { finish(run, sample::series(axes, 3), sample::events(0, 5000)); });
        limit_file_size(RLIM_INFINITY);
        expect_contains(message, "File too large");
        EXPECT_TRUE(names_in_folder().empty());
    }
    finish(run, sample::series(axes, 3), sample::events(0, 5000));
    expect_events(sample::in_order(sample::events(0, 5000)));
}

TEST_F(RunFileTest, AVanishedFolderIsAnOutputError) {
    const RunAxes axes = sample::axes(3);
    RunFile run = open(axes);
    fs::remove_all(folder_);
    expect_contains(message_of<OutputError>(
                        [&] { run.flush(sample::series(axes, 1), sample::events(0, 9), {}); }),
                    "No such file or directory");
    expect_contains(message_of<OutputError>([&] { finish(run, sample::series(axes, 3), {}); }),
                    "No such file or directory");
}

TEST_F(RunFileTest, LostPartsAreAnOutputError) {
    const RunAxes axes = sample::axes(3);
    RunFile run = open(axes);
    run.flush(sample::series(axes, 1), sample::events(0, 9), {});
    fs::remove_all(folder_ / "run.h5.parts");
    expect_contains(message_of<OutputError>([&] { finish(run, sample::series(axes, 3), {}); }),
                    "part-000001.h5");
}

TEST_F(RunFileTest, IsDescribedInWords) {
    const RunAxes axes = sample::axes(5);
    {
        RunFile run = open(axes);
        run.flush(sample::series(axes, 3), sample::events(0, 50), {});
        expect_contains(describe_run_file(file_), "INCOMPLETE");
        finish(run, sample::series(axes, 5), sample::events(60, 100));
    }
    const std::string text = describe_run_file(file_);
    for (const char* part :
         {"run file 1.3, complete", "A made-up outbreak", "2017-05-12 07:24:00 UTC",
          "1,000 modelled, for 2,500,000 (2,500 each)", "90 infections", "14 infections between",
          "susceptible", "/country_counts", "int64", "5 x 2 x 3"}) {
        expect_contains(text, part);
    }
}

TEST_F(RunFileTest, ReplicatesThatFailedAreLeftOut) {
    const RunAxes axes = sample::axes(2, {0, 1, 2});
    RunSeries series = sample::series(axes, 6);
    series.rows_final[1] = 0;
    RunDiagnostics diagnostics = sample::diagnostics(3);
    diagnostics.failures = {{1, "no host of it can be infected", "at 0 of 1 h"}};
    RunFile run = open(axes);
    run.finish(series, {}, {}, diagnostics, nullptr, {});
    const auto file = hdf5::File::open(file_);
    const Integers counts = file.read<std::int64_t>("/counts");
    const auto all = series.counts.begin();
    EXPECT_EQ(Integers(counts.begin(), counts.begin() + 6), Integers(all, all + 6));
    EXPECT_EQ(Integers(counts.begin() + 6, counts.begin() + 12), Integers(6, -1));
    EXPECT_EQ(Integers(counts.begin() + 12, counts.end()), Integers(all + 12, all + 18));
    EXPECT_EQ(file.read_texts("/failures/log"), std::vector<std::string>{"at 0 of 1 h"});
    const std::string text = describe_run_file(file_);
    expect_contains(text, "2 of 3 finished");
    expect_contains(text, "failed       1 replicate: 1 (see /failures)");
}

TEST_F(RunFileTest, QuantilesAreDescribedInWords) {
    RunAxes axes = sample::axes(3, {0, 1});
    axes.quantiles = {0.25, 0.5, 0.75};
    RunSeries series = sample::series(axes, 0);
    RunFile run = open(axes, {.file = {}, .events = false});
    run.flush(series, {}, {});  // none is finished
    EXPECT_TRUE(std::isnan(hdf5::File::open(file_).read<double>("/counts").at(0)));
    expect_contains(describe_run_file(file_), "INCOMPLETE");
    series.rows_final = {3, 3};
    finish(run, series, {}, 2);
    const std::string text = describe_run_file(file_);
    expect_contains(text, "replicates   2, of which it has quantiles");
    // Rows 2 and 5 of the two: 20 and 50 hosts.
    expect_contains(text, "infectious         35.0 (27.5 to 42.5)");
}

TEST_F(RunFileTest, DefencesAndServicesAreDescribedInWords) {
    const RunAxes axes = sample::with_defences(sample::axes(5, {0, 1}));
    RunFile run = open(axes);
    run.flush(sample::series(axes, 7), {}, {});  // the second replicate is not final
    std::string text = describe_run_file(file_);
    expect_contains(text, "patching, kill_switch\n");
    expect_contains(text, "hosts cleaned                                  108\n");  // 4 + 104
    finish(run, sample::series(axes, 10), {}, 2);
    text = describe_run_file(file_);
    for (const char* part :
         {"patching, kill_switch; 3 starts",
          "infected hosts detected                        626 "
          "(616 to 636)",
          "scans seen by telescopes                       320 (312 to 327)",
          "organisation-seconds of service lost", "hosts isolated in the last row"}) {
        expect_contains(text, part);
    }
}

TEST_F(RunFileTest, DescribesNoOtherFiles) {
    const auto message = [&] { return message_of<InputError>([&] { describe_run_file(file_); }); };
    expect_contains(message(), "(no such file)");
    std::ofstream(file_) << "text";
    expect_contains(message(), "run.h5 (cannot open it");
    const auto write = [&](const std::string& format, const std::string& version) {
        auto file = hdf5::File::create(file_);
        file.write_attribute("/", "format", format);
        file.write_attribute("/", "format_version", version);
        file.close();
    };
    write("another", "1.0");
    expect_contains(message(), "(not an annelid run file)");
    write("annelid run file", "2.0");
    expect_contains(message(), "run file of version 2.0");
}

TEST(RunFileTable, HasEachPathOnceAndUnitsOnNumbers) {
    for (const Column& column : run_file_columns()) {
        EXPECT_EQ(&run_file_column(column.path), &column) << column.path;
        const bool is_number = hdf5::type_bytes(column.type) > 0;
        EXPECT_EQ(column.units.empty(), !is_number) << column.path;
    }
}

}  // namespace
}  // namespace annelid
