namespace Memento.Silo;

/// <summary>
/// Where the disk tables are. The options bind from the configuration section <c>Silo:Storage</c>.
/// </summary>
internal sealed class StorageOptions
{
    public const string Section = SiloOptions.Section + ":Storage";

    /// <summary>The name of a <see cref="StorageKind"/>, in any case; SQLite by default.</summary>
    public string Kind { get; set; } = nameof(StorageKind.Sqlite);

    /// <summary>
    /// How the storage is reached. Null: by the connection string of <c>Memento:Sqlite</c> or
    /// <c>Memento:PostgreSql</c>; of SQLite also by <c>Memento:ConnectionString</c>.
    /// </summary>
    public string? ConnectionString { get; set; }
}

/// <summary>The storages that this host can use.</summary>
internal enum StorageKind
{
    /// <summary>A file of SQLite.</summary>
    Sqlite,

    /// <summary>A database of a PostgreSQL server.</summary>
    PostgreSql,

    /// <summary>A Redis server, through the grain storage of Orleans.</summary>
    Redis,
}
