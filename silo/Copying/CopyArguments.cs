namespace Memento.Silo.Copying;

/// <summary>The command line of a copy.</summary>
/// <param name="Target">The connection string of the storage that gets the records.</param>
/// <param name="Continues">
/// Whether the target may have records: an earlier copy was interrupted.
/// </param>
internal sealed record CopyArguments(string Target, bool Continues)
{
    private const string To = "--copy-to";
    private const string Continue = "--continue";

    /// <summary>
    /// Takes the arguments of a copy from others; null if there is no copy to make.
    /// </summary>
    /// <exception cref="SiloConfigurationException">Something is missing.</exception>
    public static CopyArguments? Take(ref string[] arguments)
    {
        List<string> others = [.. arguments];
        bool continues = others.Remove(Continue);
        int place = others.IndexOf(To);
        if (place < 0)
        {
            return continues
                ? throw new SiloConfigurationException(
                    $"{Continue} is for a copy. Say where to: {To} \"Host=…\".")
                : null;
        }

        if (place + 1 == others.Count)
        {
            throw new SiloConfigurationException(
                $"{To} needs the connection string of the storage that gets the records: "
                + "\"Host=…;Database=…;Username=…\" or \"Data Source=…\".");
        }

        string target = others[place + 1];
        others.RemoveRange(place, 2);
        arguments = [.. others];
        return new CopyArguments(target, continues);
    }
}
