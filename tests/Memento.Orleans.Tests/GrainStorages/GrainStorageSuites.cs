using Memento.Tests.Compliance;
using Memento.Tests.Conformance;
using Memento.Tests.Consistency;
using Memento.Tests.Faults;

namespace Memento.Tests.GrainStorages;

// What every storage must pass, on the log in a grain storage.

public sealed class DictionaryComplianceTests
    : StorageCompliance<GrainStorageUnderTest<DictionaryProvider>>;

public sealed class MemoryGrainComplianceTests
    : StorageCompliance<GrainStorageUnderTest<MemoryProvider>>;

public sealed class AdoNetSqliteComplianceTests
    : StorageCompliance<GrainStorageUnderTest<AdoNetSqliteProvider>>;

public sealed class AdoNetPostgresComplianceTests
    : StorageCompliance<GrainStorageUnderTest<AdoNetPostgresProvider>>;

public sealed class RedisComplianceTests
    : StorageCompliance<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisRestartTests : RestartTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisChangedTypeTests : ChangedTypeTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisSetAsideFaultTests
    : SetAsideFaultTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisStorageFaultTests
    : StorageFaultTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisInDoubtTests : InDoubtTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisFullDiskTests : FullDiskTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisHalfDeletedTableTests
    : HalfDeletedTableTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisUniqueIndexFaultTests
    : UniqueIndexFaultTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisNumberFaultTests : NumberFaultTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisRandomFaultTests : RandomFaultTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisListAppendTests : ListAppendTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisRingTests : RingTests<GrainStorageUnderTest<RedisProvider>>;

public sealed class RedisSiloTests : ConformanceSuite, IClassFixture<RedisSiloFixture>
{
    public RedisSiloTests(RedisSiloFixture fixture)
        : base(fixture) => RedisServer.Require();
}

public sealed class RedisSiloFixture()
    : StoreFixture(
        RedisServer.IsThere ? new GrainStorageUnderTest<RedisProvider>() : null, isClient: false);
