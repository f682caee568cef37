namespace Movies;

/// <summary>The options of the command line.</summary>
/// <param name="DataPath">The file with the films.</param>
/// <param name="Database">The database file of the embedded silo.</param>
/// <param name="Silos">The silos to connect to; null for an embedded one.</param>
internal sealed record WalkOptions(string DataPath, string Database, StoreAddress? Silos);
