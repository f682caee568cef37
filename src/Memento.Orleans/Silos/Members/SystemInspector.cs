using System.Globalization;
using Memento.Diagnostics.Inspection;
using Memento.Messages;

namespace Memento.Silos.Members;

/// <summary>Describes the whole store: asks every silo to describe itself.</summary>
internal sealed class SystemInspector(AllSilos silos, TimeProvider time)
{
    /// <summary>How long a silo has for its answer.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    public async Task<SystemInfo> DescribeAsync()
    {
        DateTimeOffset taken = time.GetUtcNow();
        var answers = await silos.AskAsync(static silo => silo.DescribeAsync(), LongestWait)
            .ConfigureAwait(false);
        return SystemPicture.Join(
            taken,
            [.. answers.Select(static each => each.Answer).OfType<SiloReport>()],
            answers.Where(static each => each.Failure is not null)
                .Select(static each => Silent(each.Silo, each.Failure!)));
    }

    /// <summary>
    /// Decides a transaction by hand in every silo that serves; the number of those that had it.
    /// </summary>
    /// <exception cref="Exception">A silo had it, and could not do it.</exception>
    public async Task<int> DecideAsync(Guid transactionId, TransactionDecision decision)
        => (await silos.CallAsync(silo => silo.DecideByHandAsync(transactionId, decision))
            .ConfigureAwait(false))
            .Count(static each => each.Answer);

    private static SiloInfo Silent(SiloAddress silo, Exception failure)
        => new()
        {
            Address = silo.ToString(),
            Silence = failure is TimeoutException
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"It did not answer within {LongestWait.TotalSeconds} s.")
                : failure.Message,
        };
}
