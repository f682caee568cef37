using System.Reflection;
using Memento.Leases;
using Memento.Participants;
using Memento.Snapshots;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Memento.Hosting;

/// <summary>
/// Reports at start-up an option that is out of its range, and a key of the section that is not an
/// option.
/// </summary>
internal sealed class MementoOptionsValidator(IConfiguration? configuration = null)
    : IValidateOptions<MementoOptions>
{
    /// <summary>The sections of storages in the section. Each checks its own.</summary>
    private static readonly string[] Storages = ["PostgreSql", "Sqlite"];

    private static readonly string[] Names = [.. typeof(MementoOptions)
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Select(static property => property.Name)
        .Concat(Storages)
        .Order(StringComparer.Ordinal)];

    public ValidateOptionsResult Validate(string? name, MementoOptions options)
    {
        List<string> failures = [.. UnknownKeys().Select(static key =>
            $"{MementoOptions.Section}:{key} is no option of Memento. There are "
            + $"{string.Join(", ", Names)}; correct its name, or remove it.")];
        if (options.TransactionTimeout <= TimeSpan.Zero
            || options.TransactionTimeout > TransactionLimits.LongestTimeout)
        {
            failures.Add(
                $"Memento:TransactionTimeout is {options.TransactionTimeout}; it must be more than "
                + $"zero and at most {TransactionLimits.LongestTimeout}.");
        }

        if (options.MaxAttempts < 1)
        {
            failures.Add(
                $"Memento:MaxAttempts is {options.MaxAttempts}; it must be 1 or more, or absent "
                + "for as many as the time limit allows.");
        }

        if (options.MaxRetryDelay < TimeSpan.FromMilliseconds(1)
            || options.MaxRetryDelay > TransactionLimits.LongestTimeout)
        {
            failures.Add(
                $"Memento:MaxRetryDelay is {options.MaxRetryDelay}; it must be at least a "
                + $"millisecond and at most {TransactionLimits.LongestTimeout}.");
        }

        if (options.LeaseDuration < LeaseLimits.Shortest
            || options.LeaseDuration > LeaseLimits.Longest)
        {
            failures.Add(
                $"Memento:LeaseDuration is {options.LeaseDuration}; it must be at least "
                + $"{LeaseLimits.Shortest} and at most {LeaseLimits.Longest}.");
        }

        if (options.MaxSnapshotBytes < SnapshotLimits.LeastMemory)
        {
            failures.Add(
                $"Memento:MaxSnapshotBytes is {options.MaxSnapshotBytes}; it must be at least "
                + $"{SnapshotLimits.LeastMemory}.");
        }

        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            failures.Add(
                "Memento:ConnectionString is empty; give one, or leave it out for the default.");

        if (!Enum.IsDefined(options.UnreadableRecords))
        {
            failures.Add(
                $"Memento:UnreadableRecords is {options.UnreadableRecords}; it must be one of "
                + $"{string.Join(", ", Enum.GetNames<UnreadableRecords>())}.");
        }

        return failures.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> UnknownKeys()
        => configuration is null
            ? []
            : configuration.GetSection(MementoOptions.Section).GetChildren()
                .Select(static child => child.Key)
                .Except(Names, StringComparer.OrdinalIgnoreCase);
}
