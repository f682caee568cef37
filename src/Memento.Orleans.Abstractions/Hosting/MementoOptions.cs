namespace Memento;

/// <summary>
/// The options of Memento. They bind from the configuration section <c>Memento</c>.
/// </summary>
public sealed class MementoOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Memento";

    /// <summary>
    /// The time limit of a transaction without a limit of its own: more than zero and at most an
    /// hour; 30 s by default.
    /// </summary>
    public TimeSpan TransactionTimeout { get; set; } = TransactionOptions.DefaultTimeout;

    /// <summary>
    /// How often a body may run, at the most, if its transaction does not say: 1 or more. Null: as
    /// often as the time limit allows.
    /// </summary>
    public int? MaxAttempts { get; set; }

    /// <summary>
    /// The longest pause before a body that lost a conflict runs again: at least a millisecond; 50
    /// ms by default. Pauses start below a millisecond and double.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The connection string of the SQLite file for disk tables, if the code chooses no storage;
    /// <c>Data Source=memento.db</c> by default.
    /// </summary>
    public string ConnectionString { get; set; } = "Data Source=memento.db";

    /// <summary>
    /// What a silo does with a stored record that its record type cannot read;
    /// <see cref="UnreadableRecords.Fail"/> by default.
    /// </summary>
    public UnreadableRecords UnreadableRecords { get; set; }
}
