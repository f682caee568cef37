namespace Memento.Silo.Describing;

/// <summary>Asks a running silo, as a client of it, to describe the whole store.</summary>
internal static class InfoCommand
{
    /// <exception cref="SiloConfigurationException">No silo answers.</exception>
    /// <exception cref="MementoException">The silo stopped answering.</exception>
    public static async Task RunAsync(InfoArguments arguments, string[] others)
    {
        await using StoreConnection store = await StoreConnection.OpenAsync(
            arguments.Gateway, others, InfoArguments.Command);
        SystemInfo info = await store.Memento.InfoAsync();
        if (arguments.IsJson)
            await Console.Out.WriteLineAsync(info.ToJson());
        else
            await InfoReport.WriteAsync(info, Console.Out);
    }
}
