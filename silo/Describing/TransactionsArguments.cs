using System.Net;

namespace Memento.Silo.Describing;

/// <summary>
/// The command line for transactions over tables and transactional grains that wait for a grain.
/// </summary>
/// <param name="Gateway">
/// The gateway of a silo to ask; null: the one that the settings name, on this machine.
/// </param>
/// <param name="Decided">What is decided about one; null: they are listed.</param>
internal sealed record TransactionsArguments(
    IPEndPoint? Gateway, (Guid Id, TransactionDecision Decision)? Decided)
{
    public const string Command = "transactions";

    /// <summary>
    /// Takes the arguments from others; null if the command is another one.
    /// </summary>
    /// <exception cref="SiloConfigurationException">
    /// The gateway is none, or the id of a transaction is none.
    /// </exception>
    public static TransactionsArguments? Take(ref string[] arguments)
    {
        if (arguments is not [Command, .. string[] rest]) return null;

        List<string> others = [.. rest];
        IPEndPoint? gateway = StoreConnection.TakeGateway(others);
        (Guid, TransactionDecision)? decided = null;
        foreach (TransactionDecision decision in Enum.GetValues<TransactionDecision>())
        {
            string option = OptionOf(decision);
            if (others.IndexOf(option) is not (>= 0 and int place)) continue;

            string? text = others.ElementAtOrDefault(place + 1);
            if (!Guid.TryParse(text, out Guid id))
            {
                throw new SiloConfigurationException(
                    $"{option} needs the id of a transaction, as '{Command}' lists them. "
                    + $"It got '{text}'.");
            }

            if (decided is not null)
                throw new SiloConfigurationException("Decide one transaction at a time.");
            decided = (id, decision);
            others.RemoveRange(place, 2);
        }

        arguments = [.. others];
        return new TransactionsArguments(gateway, decided);
    }

    private static string OptionOf(TransactionDecision decision) => decision switch
    {
        TransactionDecision.Commit => "--commit",
        TransactionDecision.Abort => "--abort",
        _ => "--forget",
    };
}
