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
    /// The longest time before a body that lost a conflict runs again: at least a millisecond; 50
    /// ms by default. After a conflict about one record it waits until the other transaction has
    /// ended. After any other conflict it pauses, for less than a millisecond at first, and up to
    /// twice as long each time.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The connection string of the SQLite file for disk tables, if the code chooses no storage;
    /// <c>Data Source=memento.db</c> by default.
    /// </summary>
    public string ConnectionString { get; set; } = "Data Source=memento.db";

    /// <summary>
    /// How long the lease of a silo lasts after a renewal, where silos share a storage: 1 s to 5
    /// minutes; 5 s by default. The silo renews it five times as often. A silo that cannot renew it
    /// serves nothing after that time, and another silo takes its partitions a little later.
    /// Without a word of the old silo, a new owner waits 1.1 times as long. No effect with SQLite,
    /// and without a durable storage.
    /// </summary>
    public TimeSpan LeaseDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Whether a silo that died is told within about five seconds, and never later than ten, where
    /// Orleans' own defaults take up to a minute; true by default. A silo then probes the others
    /// every second, and a client reads every five seconds which gateways there are. What the
    /// application sets in <c>ClusterMembershipOptions</c> and <c>GatewayOptions</c> counts over
    /// this. Set it to false where silos often stand still for seconds: overloaded or suspended
    /// machines, or a network that breaks off.
    /// </summary>
    public bool FastFailureDetection { get; set; } = true;

    /// <summary>
    /// How many bytes of old records, by the store's estimate, a silo keeps for snapshots: 1 MB or
    /// more; 1 GB by default. Above it the oldest snapshots end, and their readers get an error
    /// that says so.
    /// </summary>
    public long MaxSnapshotBytes { get; set; } = 1L << 30;

    /// <summary>
    /// What a silo does with a stored record that its record type cannot read;
    /// <see cref="UnreadableRecords.Fail"/> by default.
    /// </summary>
    public UnreadableRecords UnreadableRecords { get; set; }
}
