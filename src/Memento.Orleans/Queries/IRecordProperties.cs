using Memento.Tables;

namespace Memento.Queries;

/// <summary>What a guard must know of a table.</summary>
internal interface IRecordProperties
{
    string TableName { get; }

    IReadOnlyList<RecordProperty> All { get; }

    RecordProperty? Find(string name);
}
