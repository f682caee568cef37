using Memento.Tests.Conformance;
using Memento.Tests.Consistency;
using Memento.Tests.Faults;

namespace Memento.Tests.Compliance;

// What every storage must pass, on the one in memory.

public sealed class MemoryComplianceTests : StorageCompliance<MemoryUnderTest>;

public sealed class OutcomeMemoryComplianceTests : StorageCompliance<OutcomeMemoryUnderTest>;

public sealed class MemoryListAppendTests : ListAppendTests<MemoryUnderTest>;

public sealed class MemoryRestartTests : RestartTests<MemoryUnderTest>;

public sealed class MemoryChangedTypeTests : ChangedTypeTests<MemoryUnderTest>;

public sealed class MemoryStorageFaultTests : StorageFaultTests<MemoryUnderTest>;

public sealed class MemorySetAsideFaultTests : SetAsideFaultTests<MemoryUnderTest>;

public sealed class MemoryInDoubtTests : InDoubtTests<MemoryUnderTest>;

public sealed class MemoryFullDiskTests : FullDiskTests<MemoryUnderTest>;

public sealed class MemoryHalfDeletedTableTests : HalfDeletedTableTests<MemoryUnderTest>;

public sealed class MemoryUniqueIndexFaultTests : UniqueIndexFaultTests<MemoryUnderTest>;

public sealed class MemoryNumberFaultTests : NumberFaultTests<MemoryUnderTest>;
