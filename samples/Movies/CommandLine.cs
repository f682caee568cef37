using System.CommandLine;
using System.CommandLine.Parsing;

namespace Movies;

/// <summary>The command line of this program.</summary>
internal static class CommandLine
{
    private static readonly string OwnData =
        Path.Combine(AppContext.BaseDirectory, "data", "movies.json");

    public static RootCommand Create(Func<WalkOptions, CancellationToken, Task<int>> run)
    {
        var data = new Option<string>("--data")
        {
            Description = "A JSON file with a list of films; without it, the 3,201 of the sample.",
            HelpName = "file",
        };
        var database = new Option<string>("--database")
        {
            Description = "The SQLite file of the embedded silo.",
            DefaultValueFactory = static _ => "movies.db",
            HelpName = "file",
        };
        var connect = new Option<StoreAddress?>("--connect")
        {
            Description = "Be a client of the silo whose gateway is there, or of the cluster whose "
                + "membership is there, and embed no silo. "
                + $"Without a value: {StoreAddress.DefaultGateway}.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParseAddress,
            HelpName = "address:port|Host=…;Database=…|redis://host:port",
        };

        var command = new RootCommand("A walk through Memento.Orleans with 3,201 films.")
        {
            data, database, connect,
        };
        command.SetAction((result, cancellationToken) => run(
            new WalkOptions(
                result.GetValue(data) ?? OwnData,
                result.GetRequiredValue(database),
                result.GetValue(connect)),
            cancellationToken));
        return command;
    }

    private static StoreAddress? ParseAddress(ArgumentResult result)
    {
        string text = result.Tokens.Count == 0
            ? StoreAddress.DefaultGateway
            : result.Tokens[0].Value;
        if (StoreAddress.Parse(text) is { } silos) return silos;

        result.AddError(
            $"'{text}' is no gateway: give an IP address and a port, such as "
            + $"{StoreAddress.DefaultGateway}. For a cluster, give the connection string of its "
            + "PostgreSQL database, or redis://host:port.");
        return null;
    }
}
