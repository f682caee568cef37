using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;

namespace Movies;

/// <summary>The command line of this program.</summary>
internal static class CommandLine
{
    private const string DefaultGateway = "127.0.0.1:30000";

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
        var connect = new Option<IPEndPoint?>("--connect")
        {
            Description = "Be a client of the silo whose gateway is there, and embed none. "
                + $"Without a value: {DefaultGateway}.",
            Arity = ArgumentArity.ZeroOrOne,
            CustomParser = ParseGateway,
            HelpName = "address:port",
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

    private static IPEndPoint? ParseGateway(ArgumentResult result)
    {
        string text = result.Tokens.Count == 0 ? DefaultGateway : result.Tokens[0].Value;
        string address = text.Replace(
            "localhost:", "127.0.0.1:", StringComparison.OrdinalIgnoreCase);
        if (IPEndPoint.TryParse(address, out IPEndPoint? gateway) && gateway.Port > 0)
            return gateway;

        result.AddError(
            $"'{text}' is no gateway: give an IP address and a port, such as {DefaultGateway}.");
        return null;
    }
}
