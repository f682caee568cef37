using System.Text.Json.Nodes;

namespace Memento.Tests.Samples;

public sealed class ProgramTests : IDisposable
{
    private const string Movies = "MoviesProgram";
    private const string Silo = "SiloProgram";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_sample_runs_twice_in_a_row_and_finds_its_data_the_second_time()
    {
        (int firstExit, string first, string firstErrors) = await RunAsync(Movies);
        (int secondExit, string second, string secondErrors) = await RunAsync(Movies);

        Assert.Equal((0, ""), (firstExit, firstErrors));
        Assert.Contains("Loaded 3,201 films", first);
        Assert.Contains("every report counted 160 copies", first);
        Assert.Equal((0, ""), (secondExit, secondErrors));
        Assert.Contains("The data is there: 3,201 films of movies.json", second);
        Assert.True(File.Exists(_folder.File("movies.db")));
    }

    [Fact]
    public async Task The_sample_runs_as_a_client_of_the_silo_which_SIGTERM_stops()
    {
        (Dictionary<string, string> settings, string gateway) = FreePorts.Take();
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");

        (int firstExit, string first, string errors) = await RunAsync(Movies, "--connect", gateway);
        (int secondExit, string second, _) = await RunAsync(Movies, "--connect", gateway);
        await silo.TerminateAsync();
        int siloExit = await silo.WaitForEndAsync();

        Assert.Equal((0, ""), (firstExit, errors));
        Assert.Contains($"the silo at {gateway}", first);
        Assert.Contains("every report counted 160 copies", first);
        Assert.Contains("Loaded 3,201 films", first);
        Assert.Contains("every report counted 160 copies", first);
        Assert.Equal(0, secondExit);
        Assert.Contains("The data is there: 3,201 films", second);
        Assert.All([first, second], AssertAsksQueries);
        Assert.Equal((0, ""), (siloExit, silo.Errors));
        Assert.Contains("Stopped.", silo.Output);
        Assert.Contains($"gateway  {gateway}", silo.Output);
        Assert.Contains($"storage  SQLite {_folder.File("silo.db")}", silo.Output);
        Assert.Matches("Movie +OrderedSet +Disk +0  Year, Director_Year", silo.Output);
        Assert.False(File.Exists(_folder.File("movies.db")));
    }

    [Fact]
    public async Task Ctrl_C_stops_the_silo_which_serves_its_data_when_it_is_started_again()
    {
        (Dictionary<string, string> settings, string gateway) = FreePorts.Take();
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");
        await RunAsync(Movies, "--connect", gateway);

        await silo.InterruptAsync();
        int exit = await silo.WaitForEndAsync();

        Assert.Equal((0, ""), (exit, silo.Errors));
        Assert.Contains("Stopped.", silo.Output);
        await using ChildProgram again = ChildProgram.Start(
            Silo, _folder.Path, FreePorts.Take().Settings);
        await again.WaitForAsync("Ctrl+C stops it.");
        Assert.Matches("Movie +OrderedSet +Disk +3,201  Year, Director_Year", again.Output);
    }

    [Fact]
    public async Task The_silo_writes_its_metrics_and_traces_to_the_console_when_it_is_told_to()
    {
        (Dictionary<string, string> settings, string gateway) = FreePorts.Take();
        settings["Silo__Telemetry"] = "true";
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");

        (int exit, _, string errors) = await RunAsync(Movies, "--connect", gateway);
        await silo.TerminateAsync();
        int siloExit = await silo.WaitForEndAsync();

        Assert.Equal((0, "", 0, ""), (exit, errors, siloExit, silo.Errors));
        Assert.All(
            ["memento.journal.batch.size", "memento.journal.write.duration", "memento.silo: "],
            words => Assert.Contains(words, silo.Output, StringComparison.Ordinal));
        Assert.All(
            ["memento.execute", "memento.commit", "memento.append"],
            name => Assert.Matches($@"Activity.DisplayName: +{name}\n", silo.Output));
    }

    [Fact]
    public async Task The_silo_program_describes_a_running_silo_as_tables_and_as_JSON()
    {
        (Dictionary<string, string> settings, string gateway) = FreePorts.Take();
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");
        await RunAsync(Movies, "--connect", gateway);

        (int exit, string output, string errors) =
            await RunAsync(Silo, "info", "--connect", gateway);
        (int jsonExit, string json, _) = await RunAsync(
            Silo, "info", "--json", $"--Silo:GatewayPort={gateway.Split(':')[1]}");

        Assert.Equal((0, "", 0), (exit, errors, jsonExit));
        Assert.Contains($"storage   SQLite {_folder.File("silo.db")}", output);
        Assert.Matches(@"\n +S127\.0\.0\.1:\d+:\d+ +\d+ +[\d,]{5,} +[\d.]+ KB ", output);
        Assert.Matches("Movie +OrderedSet +Disk +3,201 +[\\d.]+ KB +16 +- +Year, Direc", output);
        JsonNode store = JsonNode.Parse(json)!;
        Assert.True(store["commits"]!.GetValue<long>() > 0);
        JsonNode table = store["tables"]!.AsArray()
            .Single(static each => each!["name"]!.GetValue<string>() == "Movie")!;
        Assert.Equal(
            ("Disk", 3201), (table["storage"]!.GetValue<string>(), table["size"]!.GetValue<int>()));
        Assert.False(File.Exists(_folder.File("memento.db")));
    }

    [Theory]
    [InlineData("127.0.0.1:1", "No silo answers at 127.0.0.1:1. Name the gateway of one")]
    [InlineData("nowhere", "--connect needs the gateway of a silo, an IP address and a port: ")]
    public async Task Without_a_silo_there_is_nothing_to_describe(string gateway, string message)
    {
        (int exit, string output, string errors) =
            await RunAsync(Silo, "info", "--connect", gateway);

        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith($"Error: {message}", errors);
        Assert.DoesNotContain("\n", errors);
    }

    [Fact]
    public async Task A_silo_serves_what_an_embedded_one_has_stored()
    {
        await RunAsync(Movies, "--database", "silo.db");
        (Dictionary<string, string> settings, _) = FreePorts.Take();

        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");

        Assert.Matches("Movie +OrderedSet +Disk +3,201  Year, Director_Year", silo.Output);
    }

    [Fact]
    public async Task Without_a_silo_the_client_says_how_to_start_one()
    {
        (_, string gateway) = FreePorts.Take();

        (int exit, _, string errors) = await RunAsync(Movies, "--connect", gateway);

        Assert.Equal(1, exit);
        Assert.Equal(
            $"Error: No silo answers at {gateway}. Start one in another terminal with 'dotnet run "
            + "--project silo', or name its gateway: --connect 127.0.0.1:30000.",
            errors);
    }

    [Fact]
    public async Task A_file_that_is_not_JSON_ends_the_sample_with_its_line()
    {
        string path = _folder.Write(
            "films.json", "[\n{\"Title\": \"a\"},\n{\"Title\": \"b\"\n");

        (int exit, _, string errors) = await RunAsync(Movies, "--data", path);

        Assert.Equal(1, exit);
        Assert.StartsWith(
            "Error: films.json is not JSON at line 4, position 1 (record 2): ", errors);
        Assert.EndsWith(
            "The films before it are kept (1). Mend the file and run this again: it adds what is "
            + "missing.",
            errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Fact]
    public async Task A_silo_whose_port_is_taken_says_which()
    {
        (Dictionary<string, string> settings, _) = FreePorts.Take();
        string port = settings["Silo__SiloPort"];
        await using ChildProgram first = ChildProgram.Start(Silo, _folder.Path, settings);
        await first.WaitForAsync("Ctrl+C stops it.");

        (int exit, string errors) = await FailAsync(settings);

        Assert.Equal(1, exit);
        Assert.Equal(
            $"Error: Port {port} is taken by another program, perhaps another silo. Stop that, or "
            + "choose another port with Silo:SiloPort in appsettings.json or Silo__SiloPort in the "
            + "environment.",
            errors);
    }

    [Fact]
    public async Task A_silo_whose_database_is_in_use_names_the_file_and_who_has_it()
    {
        await using ChildProgram first = ChildProgram.Start(
            Silo, _folder.Path, FreePorts.Take().Settings);
        await first.WaitForAsync("Ctrl+C stops it.");

        (int exit, string errors) = await FailAsync(FreePorts.Take().Settings);

        Assert.Equal(1, exit);
        Assert.StartsWith(
            $"Error: SQLite {_folder.File("silo.db")} is in use by process ", errors);
        Assert.DoesNotContain("   at ", errors);
    }

    [Theory]
    [InlineData("Silo__Assemblies__0", "Nowhere", "Assembly 'Nowhere', which Silo:Assembl")]
    [InlineData("Silo__Assemblies__0", "./no.dll", "Assembly './no.dll', which Silo:Assemblies")]
    [InlineData("Silo__Assemblies__0", "Memento.Orleans", "Assembly 'Memento.Orleans', which")]
    [InlineData("Silo__SiloPort", "70000", "Silo:SiloPort is 70000. Give a port from 1 to 65535.")]
    [InlineData("Silo__SiloPort", "many", "Failed to convert configuration value 'many' at 'Silo:")]
    [InlineData("Memento__TransactionTimeout", "soon", "Failed to convert configuration value")]
    [InlineData("Memento__TransactionTimeout", "-1", "Memento:TransactionTimeout is -1.00:00:00;")]
    [InlineData("Memento__ConnectionString", "Data Source=:memory:", "The SQLite connection")]
    public async Task A_setting_that_is_wrong_is_named(string setting, string value, string message)
    {
        Dictionary<string, string> settings = FreePorts.Take().Settings;
        settings[setting] = value;

        (int exit, string errors) = await FailAsync(settings);

        Assert.Equal(1, exit);
        Assert.StartsWith($"Error: {message}", errors);
        Assert.DoesNotContain("\n", errors);
    }

    [Fact]
    public async Task A_silo_serves_the_tables_of_an_assembly_that_its_settings_name()
    {
        Dictionary<string, string> settings = FreePorts.Take().Settings;
        settings["Silo__HostSamples"] = "false";
        settings["Silo__Assemblies__0"] = typeof(global::Movies.Tables.Movie).Assembly.Location;

        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        await silo.WaitForAsync("Ctrl+C stops it.");

        Assert.Matches("Review +Bag +Disk +0  Author", silo.Output);
    }

    /// <summary>The chapters of the query API, which a client gets answered like a silo.</summary>
    private static void AssertAsksQueries(string output)
    {
        Assert.Contains("6 films in", output);
        Assert.Contains("3188 │ Youth in Revolt", output);
        Assert.Contains("3149 │ The Wolf Man", output);
        Assert.Contains("way     index Year, 1 range: Year >= 1994 && Year <= 1996", output);
        Assert.Contains("order   Year descending, from index Director_Year", output);
        Assert.Contains("! The query cannot evaluate 'm.Title.Trim()'.", output);
    }

    private async Task<(int Exit, string Output, string Errors)> RunAsync(
        string program, params IEnumerable<string> arguments)
    {
        await using ChildProgram child = ChildProgram.Start(
            program, _folder.Path, arguments: arguments);
        int exit = await child.WaitForEndAsync();
        return (exit, child.Output, child.Errors);
    }

    private async Task<(int Exit, string Errors)> FailAsync(Dictionary<string, string> settings)
    {
        await using ChildProgram silo = ChildProgram.Start(Silo, _folder.Path, settings);
        int exit = await silo.WaitForEndAsync();
        return (exit, silo.Errors);
    }
}
