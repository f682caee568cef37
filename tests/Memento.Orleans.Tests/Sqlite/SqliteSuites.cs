using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Consistency;
using Memento.Tests.Faults;

namespace Memento.Tests.Sqlite;

// What every storage must pass, on SQLite; beside it SqliteSiloTests and SqliteClientTests.

public sealed class SqliteComplianceTests : StorageCompliance<SqliteUnderTest>;

public sealed class SqliteRestartTests : RestartTests<SqliteUnderTest>;

public sealed class SqliteChangedTypeTests : ChangedTypeTests<SqliteUnderTest>;

public sealed class SqliteStorageFaultTests : StorageFaultTests<SqliteUnderTest>;

public sealed class SqliteSetAsideFaultTests : SetAsideFaultTests<SqliteUnderTest>;

public sealed class SqliteInDoubtTests : InDoubtTests<SqliteUnderTest>;

public sealed class SqliteFullDiskTests : FullDiskTests<SqliteUnderTest>;

public sealed class SqliteHalfDeletedTableTests : HalfDeletedTableTests<SqliteUnderTest>;

public sealed class SqliteUniqueIndexFaultTests : UniqueIndexFaultTests<SqliteUnderTest>;

public sealed class SqliteNumberFaultTests : NumberFaultTests<SqliteUnderTest>;

public sealed class SqliteRandomFaultTests : RandomFaultTests<SqliteUnderTest>;

public sealed class SqliteListAppendTests : ListAppendTests<SqliteUnderTest>;

public sealed class SqliteRingTests : RingTests<SqliteUnderTest>;
