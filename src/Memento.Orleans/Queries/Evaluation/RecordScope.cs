using Memento.Tables;

namespace Memento.Queries.Evaluation;

/// <summary>Finds what a guard about the records of a table names.</summary>
internal sealed class RecordScope<TRecord>(GuardBinder binder) : OperandBinder<TRecord>(binder)
    where TRecord : class
{
    protected override BoundValue<TRecord> BindItem(ItemOperand item)
        => throw new ArgumentException(
            $"{Binder.Table}: there is no item outside a guard about a collection's items.");

    protected override BoundValue<TRecord> BindFirst(string name, string path)
        => Binder.Property(name).Accept(new Value());

    private sealed class Value : IPropertyVisitor<BoundValue<TRecord>>
    {
        public BoundValue<TRecord> Visit<TOwner, TValue>(RecordProperty<TOwner, TValue> property)
            where TOwner : class
            where TValue : notnull
            => (BoundValue<TRecord>)(object)new BoundValue<TOwner, TValue>(
                ValueShape.OfProperty(property.Name, property.Type), property.TryGet);
    }
}
